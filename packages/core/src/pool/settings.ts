/** The numbers of the pool, in milliseconds unless the name says otherwise. */
export type PoolSettings = {
  /** Silence of an agent after which its server counts as lost. */
  heardFor: number
  /** How long a place is held without a sign of life of who is answered there, and how often the sign is given. */
  slotLease: number
  renewEvery: number
  /** How long a place is kept for a run that was called and does not come. */
  reservation: number
  /** Calls that must fail in a row before a server is left alone, and for how long it is then. */
  failuresUntilRest: number
  rest: number
  /** How many may stand in line, and how many of one user. */
  mostWaiting: number
  mostWaitingEach: number
  /** How long an asker waits in its call before it goes to stand in line. */
  patience: number
  /** How often the line is looked at while somebody stands in it. */
  lookEvery: number
  /** How often somebody in line hears of it, changes or not. */
  tellEvery: number
  /** Answers of one model that a server gives at once, where none has said it yet. */
  parallel: number
  /** An answer's time where none was measured, and a load's: a fixed part, and bytes a second. */
  answerMs: number
  load: { fixedMs: number; bytesPerSecond: number; pullBytesPerSecond: number }
  /** Who waits for room in memory for longer has it made, also by models that are in use. */
  insistAfter: number
  /** A model that was asked so long ago is as likely missed soon as not. */
  missedFor: number
  /** GPU memory that a model takes, as a multiple of its bytes. */
  memoryFactor: number
  /** One more server is started when more want an answer than the servers can give at once, for so long. */
  pressedFor: number
  /** From the decision to start a server to its first report. */
  startMs: number
  /** A server without work for so long is given back. */
  idleFor: number
  /** Whether a server that is down is asked all the same where no other is left: it says best what is wrong. */
  askAnyway: boolean
  /** Whether a server gets models that it does not have. */
  pulls: boolean
}

const seconds = 1000
const minutes = 60 * seconds

export const defaultPoolSettings: PoolSettings = {
  heardFor: 30 * seconds,
  slotLease: 30 * seconds,
  renewEvery: 10 * seconds,
  reservation: 20 * seconds,
  failuresUntilRest: 3,
  rest: 10 * seconds,
  mostWaiting: 500,
  mostWaitingEach: 50,
  patience: 0,
  lookEvery: 500,
  tellEvery: 8 * seconds,
  parallel: 4,
  answerMs: 10 * seconds,
  load: { fixedMs: 2 * seconds, bytesPerSecond: 300e6, pullBytesPerSecond: 60e6 },
  insistAfter: 10 * seconds,
  missedFor: 2 * minutes,
  memoryFactor: 1.2,
  pressedFor: 30 * seconds,
  startMs: 150 * seconds,
  idleFor: 15 * minutes,
  askAnyway: false,
  pulls: true,
}

/** In one process nobody's lease can outlive it, a hint replaces the look, and a short load need not be told. */
export const oneMachinePoolSettings: PoolSettings = {
  ...defaultPoolSettings,
  slotLease: 7 * 24 * 60 * minutes,
  renewEvery: 6 * 60 * minutes,
  patience: 400,
  mostWaitingEach: 500,
  lookEvery: 100,
  askAnyway: true,
  pulls: false,
}
