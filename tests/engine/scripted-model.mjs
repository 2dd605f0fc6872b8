import { ggufFile } from "./gguf.mjs"

/**
 * A model of 2.6 MB that a real engine loads and runs like any other, and that always says the same sentence. It has the
 * architecture of Llama with one layer that adds nothing: attention and feed-forward are zero. Every token's embedding
 * has a single one at its own place, so the output matrix is a table of which token follows which.
 */

/** What it says, token by token. No two may be equal: each token has one successor. */
const script = [
  "These",
  " words",
  " come",
  " from",
  " a",
  " real",
  " engine",
  ",",
  " one",
  " token",
  " after",
  " another",
  ".",
]

export const expectedText = script.join("")

const space = "\u2581" // how SentencePiece writes one
const tokenTypes = { normal: 1, unknown: 2, control: 3, byte: 6 }
const heads = 4
const feedForward = 64

/** @returns {Buffer} the GGUF file */
export function scriptedModel() {
  const tokens = [
    ...["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"].map((text, id) => ({
      text,
      type: id === 0 ? tokenTypes.unknown : tokenTypes.control,
      score: 0,
    })),
    ...Array.from({ length: 256 }, (_, byte) => ({
      text: `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
      type: tokenTypes.byte,
      score: 0,
    })),
    { text: space, type: tokenTypes.normal, score: -1 },
    // So unlikely that no prompt is cut into them.
    ...script.map((text) => ({ text: text.replaceAll(" ", space), type: tokenTypes.normal, score: -1_000 })),
  ]
  const start = 1
  const unknown = 0
  const end = tokens.findIndex(({ text }) => text === "<|im_end|>")
  const first = tokens.length - script.length
  const width = Math.ceil(tokens.length / 64) * 64

  /** @param {number} token */
  const successor = (token) => {
    if (token < first) return first
    return token + 1 < tokens.length ? token + 1 : end
  }
  const embedding = new Float32Array(width * tokens.length)
  const output = new Float32Array(width * tokens.length)
  for (let token = 0; token < tokens.length; token++) {
    embedding[token * width + token] = 1
    output[successor(token) * width + token] = 2
  }

  /** @param {string} name @param {number[]} shape @param {number} [value] */
  const filled = (name, shape, value = 0) => ({
    name,
    shape,
    values: new Float32Array(shape.reduce((product, size) => product * size)).fill(value),
  })
  const tensors = [
    { name: "token_embd.weight", shape: [width, tokens.length], values: embedding },
    filled("blk.0.attn_norm.weight", [width], 1),
    ...["attn_q", "attn_k", "attn_v", "attn_output"].map((name) => filled(`blk.0.${name}.weight`, [width, width])),
    filled("blk.0.ffn_norm.weight", [width], 1),
    filled("blk.0.ffn_gate.weight", [width, feedForward]),
    filled("blk.0.ffn_up.weight", [width, feedForward]),
    filled("blk.0.ffn_down.weight", [feedForward, width]),
    filled("output_norm.weight", [width], 1),
    { name: "output.weight", shape: [width, tokens.length], values: output },
  ]

  return ggufFile(
    [
      ["general.architecture", "string", "llama"],
      ["general.name", "string", "scripted"],
      ["llama.context_length", "u32", 2048],
      ["llama.embedding_length", "u32", width],
      ["llama.block_count", "u32", 1],
      ["llama.feed_forward_length", "u32", feedForward],
      ["llama.attention.head_count", "u32", heads],
      ["llama.attention.head_count_kv", "u32", heads],
      ["llama.attention.layer_norm_rms_epsilon", "f32", 1e-5],
      ["llama.rope.dimension_count", "u32", width / heads],
      ["llama.vocab_size", "u32", tokens.length],
      ["tokenizer.ggml.model", "string", "llama"],
      ["tokenizer.ggml.tokens", "string", tokens.map(({ text }) => text)],
      ["tokenizer.ggml.scores", "f32", tokens.map(({ score }) => score)],
      ["tokenizer.ggml.token_type", "i32", tokens.map(({ type }) => type)],
      ["tokenizer.ggml.bos_token_id", "u32", start],
      ["tokenizer.ggml.eos_token_id", "u32", end],
      ["tokenizer.ggml.unknown_token_id", "u32", unknown],
      ["tokenizer.ggml.add_bos_token", "bool", true],
      ["tokenizer.ggml.add_space_prefix", "bool", false],
    ],
    tensors,
  )
}
