import { test } from "vitest"
import fc from "fast-check"
import { ours, theirs } from "./reference.ts"
const tokens = ["a","b ","word","x y","\n","\n","\n\n"," ","  ","    ","\t","- ","* ","+ ","1. ","2) ","> ","# ","## ","```","~~~","---","***","===","|","| a | b |\n|---|:-:|\n","a|b\n-|-\n","*","**","_","__","~~","`","``","[","]","(",")","](","](u)","![","[a]","[a]: /u\n","[^1]","[^1]: ","\\","&amp;","<https://x.yz>","https://x.yz","www.a.bc","!","[ ] ","[x] ","é",".","'"]
test("soup", () => {
  const seen = new Map<string,number>()
  let n = 0, bad = 0
  for (const t of fc.sample(fc.array(fc.constantFrom(...tokens), {minLength: 1, maxLength: 14}), {numRuns: Number(process.env.N ?? 4000), seed: Number(process.env.SEED ?? 1)})) {
    const md = t.join(""); if (/(^|\n|[-+*>:.)])[ \t]*[-+*][ \t]*(\n|$)|\[ \] ?[ \t]|\d[.)][ \t]*(\n|$)|\*[_~]|_[*~]|~[*_]|www|https|\\\[/.test(md)) continue; n++
    const a = JSON.stringify(ours(md)), b = JSON.stringify(theirs(md))
    if (a !== b) { bad++; if (bad <= 400) seen.set(JSON.stringify(md)+"\n   ours   "+a+"\n   theirs "+b, md.length) }
  }
  console.log("runs", n, "bad", bad)
  for (const [k] of [...seen].sort((x,y)=>x[1]-y[1]).slice(0, 25)) console.log(k)
})
