/**
 * An answer as models write them when asked for much: headings, prose with emphasis and links, lists, tables, code in
 * several languages, quotes and formulas. No two sections are the same.
 */
export function longMarkdown(characters: number): string {
  let text = "# Queues from the ground up\n\n"
  for (let chapter = 1; text.length < characters; chapter++) {
    const section = sections[(chapter - 1) % sections.length]
    text += `## ${chapter}. ${section?.(chapter) ?? ""}\n\n`
  }
  const end = text.lastIndexOf("\n\n", characters)
  return text.slice(0, end > characters / 2 ? end : characters)
}

/** The text in pieces of so many characters; a pair of surrogates stays together. */
export function piecesOf(text: string, characters: number): string[] {
  const points = Array.from(text)
  return Array.from({ length: Math.ceil(points.length / characters) }, (_, at) =>
    points.slice(at * characters, (at + 1) * characters).join(""),
  )
}

const sections: ((chapter: number) => string)[] = [
  (chapter) => `Why things wait

A queue forms wherever work *arrives* at times that nobody chose and is **done** at a pace that somebody did. With an
arrival rate of $\\lambda = ${chapter * 40}$ a second and a service rate of $\\mu = ${chapter * 40 + 25}$, the server is
busy for a part $\\rho = \\lambda / \\mu$ of the time, and what is in the system on average is

$$
L = \\sum_{n=0}^{\\infty} n \\, p_n = \\frac{\\rho}{1 - \\rho}, \\qquad W = \\frac{L}{\\lambda} = \\frac{1}{\\mu - \\lambda}
$$

which says the one thing that surprises everybody: *the last tenth of the capacity costs more waiting than the first
nine*. See [Little's law](https://en.wikipedia.org/wiki/Little%27s_law) for why the second half holds for **any** queue.

> A machine that is busy all of the time has a queue that grows all of the time.
> Leave room, and say how much.

- [x] measure arrivals over ${chapter + 4} minutes, not over a day
- [x] measure service apart from waiting
- [ ] decide what happens when the queue is full
- [ ] write the number down where the next person looks`,

  (chapter) => `A bounded queue in TypeScript

The caller must learn that there is no room; \`push\` gives \`false\` and never throws. Note the \`#head\` index: removing
the first element of an array costs as much as the array is long.

\`\`\`ts
/** First in, first out, at most \`limit\` at a time. */
export class Queue${chapter}<T> {
  readonly #limit: number
  #items: (T | undefined)[] = []
  #head = 0

  constructor(limit = ${chapter * 128}) {
    if (limit < 1) throw new RangeError(\`a queue of \${limit} holds nothing\`)
    this.#limit = limit
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  push(item: T): boolean {
    if (this.size >= this.#limit) return false // the caller decides
    this.#items.push(item)
    return true
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
\`\`\`

1. \`push\` is $O(1)$ on average, and so is \`shift\`.
2. What was taken is let go of at once:
   - the slot is set to \`undefined\`,
   - the array is cut when half of it is empty.
3. Nothing here waits; waiting is the business of whoever calls.`,

  (chapter) => `What was measured

| Queue | Limit | Throughput | p50 | p99 | Dropped |
| :--- | ---: | ---: | ---: | ---: | :---: |
| array | ${chapter * 64} | ${chapter * 1200 + 90}/s | 1.${chapter} ms | 14.2 ms | no |
| ring | ${chapter * 64} | ${chapter * 1900 + 45}/s | 0.8 ms | 6.${chapter} ms | no |
| linked list | – | ${chapter * 700 + 12}/s | 2.4 ms | 31.0 ms | no |
| ring, \`drop-oldest\` | ${chapter * 32} | ${chapter * 2100 + 7}/s | 0.7 ms | **3.1 ms** | 0.${chapter} % |
| ring, \`drop-newest\` | ${chapter * 32} | ${chapter * 2100 + 3}/s | 0.7 ms | **3.0 ms** | 0.${chapter} % |

The last two look best and are not: what they *dropped* is not in their percentiles. A fair comparison counts a dropped
request as one that waited for ever — then the p99 of both is ∞ as soon as more than 1 % is gone. ~~Faster~~ *Emptier* is
the word. 📉

### How it was measured

Each row is the median of ${chapter + 2} runs of sixty seconds on an otherwise idle machine with two cores; the load came
from the second core. The script is below, and \`--help\` says what its options do.`,

  (chapter) => `The load in Python

\`\`\`python
import asyncio, random, statistics, time

async def one(client, rate: float, seconds: int = ${chapter * 10}) -> list[float]:
    """Poisson arrivals: the pause between two requests is exponential."""
    waits: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(random.expovariate(rate))
        began = time.monotonic()
        status = await client.get(f"/work?chapter=${chapter}")
        if status != 200:
            raise RuntimeError(f"answered {status}")
        waits.append(time.monotonic() - began)
    return waits

if __name__ == "__main__":
    waits = asyncio.run(one(Client("127.0.0.1"), rate=${chapter * 15}.0))
    print(f"p50 {statistics.median(waits) * 1000:.1f} ms, {len(waits)} requests")  # that is all
\`\`\`

Run it from a *second* machine if there is one. On the same machine the load and the server take turns, and what you
measure is the scheduler:

\`\`\`sh
taskset -c 0 ./server --port 80${chapter % 10}0 &
taskset -c 1 python3 load.py --rate ${chapter * 15} --seconds ${chapter * 10} | tee "run-${chapter}.txt"
kill %1 && wait
\`\`\`

With $n = ${chapter * 150}$ samples the standard error of the mean is $\\sigma / \\sqrt{n}$; for a p99 you need about a
hundred times as many as for a median before the second digit stands still.`,

  (chapter) => `When it is full

There are four answers, and a system that has not chosen one has chosen the first by accident:

1. **Grow.** Memory is the limit then, and the process that is killed takes everything with it.
2. **Refuse.** Say so at once with \`429\` and a \`Retry-After\` of ${chapter} seconds; clients that
   respect it come back with *jitter*:
   1. the first try after $b$,
   2. the second after $2b$, the $k$-th after $\\min(2^{k} b, ${chapter * 10}\\,\\mathrm{s})$,
   3. each multiplied by a random number between ½ and 1.
3. **Drop the oldest.** Right for positions and pictures, wrong for payments.
4. **Push back.** Stop reading. TCP does the rest: the sender's buffer fills, and *its* queue is now the one that grows.

\`\`\`json
{
  "queue": { "limit": ${chapter * 256}, "whenFull": "refuse", "retryAfterMs": ${chapter * 1000} },
  "workers": ${(chapter % 7) + 1},
  "deadlineMs": null
}
\`\`\`

\`\`\`sql
SELECT worker, count(*) AS done, max(finished - began) AS longest
FROM job WHERE queue = 'chapter-${chapter}' AND finished IS NOT NULL
GROUP BY worker HAVING count(*) > ${chapter} ORDER BY longest DESC;
\`\`\`

---

*Rule of thumb:* the queue before a worker should hold about one second of its work. ${"More only makes everyone late. ".repeat(2)}`,
]
