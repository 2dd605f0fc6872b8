/**
 * Writes GGUF files, version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): metadata, then the list of
 * tensors, then their values, each of them aligned.
 *
 * @typedef {{ name: string, shape: number[], values: Float32Array }} Tensor
 *   `shape` as GGUF has it: the fastest changing dimension first.
 * @typedef {[key: string, type: "u32" | "i32" | "f32" | "bool" | "string", value: any]} Entry
 *   A value that is an array is written as an array of the type.
 */

const version = 3
const alignment = 32
const float32 = 0
const arrayType = 9

/** @param {number} value */
const u32 = (value) => bytes(4, (buffer) => buffer.writeUInt32LE(value))
/** @param {number} value */
const u64 = (value) => bytes(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value)))
/** @param {string} text */
const string = (text) => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)])

const types = {
  u32: { id: 4, write: u32 },
  i32: { id: 5, write: (/** @type {number} */ value) => bytes(4, (buffer) => buffer.writeInt32LE(value)) },
  f32: { id: 6, write: (/** @type {number} */ value) => bytes(4, (buffer) => buffer.writeFloatLE(value)) },
  bool: { id: 7, write: (/** @type {boolean} */ value) => Buffer.from([value ? 1 : 0]) },
  string: { id: 8, write: string },
}

/**
 * @param {Entry[]} metadata
 * @param {Tensor[]} tensors
 * @returns {Buffer}
 */
export function ggufFile(metadata, tensors) {
  let offset = 0
  const list = tensors.map(({ name, shape, values }) => {
    const entry = Buffer.concat([string(name), u32(shape.length), ...shape.map(u64), u32(float32), u64(offset)])
    offset += aligned(values.byteLength)
    return entry
  })
  const head = Buffer.concat([
    Buffer.from("GGUF"),
    u32(version),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata.map(entryBytes),
    ...list,
  ])
  const values = tensors.map((tensor) => Buffer.from(tensor.values.buffer))
  return Buffer.concat([head, ...values].map(padded))
}

/** @param {Entry} entry */
function entryBytes([key, type, value]) {
  const { id, write } = types[type]
  if (!Array.isArray(value)) return Buffer.concat([string(key), u32(id), write(/** @type {never} */ (value))])
  const items = value.map((item) => write(/** @type {never} */ (item)))
  return Buffer.concat([string(key), u32(arrayType), u32(id), u64(value.length), ...items])
}

/** @param {number} length */
const aligned = (length) => Math.ceil(length / alignment) * alignment

/** @param {Buffer} buffer */
const padded = (buffer) => Buffer.concat([buffer], aligned(buffer.length))

/**
 * @param {number} length
 * @param {(buffer: Buffer) => void} fill
 */
function bytes(length, fill) {
  const buffer = Buffer.alloc(length)
  fill(buffer)
  return buffer
}
