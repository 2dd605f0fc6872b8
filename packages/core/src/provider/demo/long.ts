/** The demo's long answer: how an answer comes to the screen, told at the length of one that needs scrolling. */
export const longText = `# How an answer travels

This is the demo; no model is answering. You asked for something long, so here is the way of an answer from the question to your screen, one station at a time.

## The question is stored first

When you send a question, it is written down before any model hears of it. If the model is missing, busy or broken, the question is still there, and you can ask it again with one click. The line for the answer is written in the same step, empty at first, so that a question never stands without the place its answer belongs to.

## A run begins

One answer, from its first letter to its last, is called a run. A run has a number of its own, made by your browser. If your browser is unsure whether its request arrived, it sends the same number again, and the server recognises it: the question is not asked twice, however often the request is repeated.

## The model speaks in pieces

A model does not deliver sentences. It delivers pieces, a few letters each, some twenty or fifty of them in a second. Pieces that come close together are joined into one entry, and every entry gets the next number: one, two, three, without a gap. Once given, a number always means the same words.

## The journal comes before the screen

Every entry is written to a journal on disk before it is sent to anybody. This order is the whole idea. What you have seen is always on disk, so nothing you have seen can be lost. The opposite order would be a little simpler, and it would forget the last words whenever something went wrong.

## Your browser keeps count

Your browser knows the number of the last entry it has. When the connection drops, it reconnects and says: I have everything up to this number. The server sends what came after it, first from the journal and then as it arrives. There is no second mechanism for reloads, for a second tab or for a phone that was in a pocket. They all say the number they have.

## Two screens, one answer

Open this chat in a second tab while the answer is still coming. Both tabs follow the same run, each at its own speed. A slow one receives larger portions less often and holds up nobody. Closing either of them changes nothing for the other, and closing both does not stop the run: the answer is finished and waits for you.

## Stopping is deliberate

Only the stop button ends a run early. The model's server is told at once, so that it does not go on computing for nobody. What was said until then stays, marked as stopped, and can be continued: the model is then given its own unfinished words and goes on from the last of them.

## When the model fails

Servers run out of memory, networks break, and sometimes a model sends what cannot be read. An answer that did not reach its proper end is never shown as a complete one. It is kept as far as it came, with the reason beside it in plain words, and with what you can do next.

## When this server fails

Suppose the power goes out in the middle of an answer. After the restart the journal is read, the run that was under way is closed as interrupted, and its words are all there up to the last one anybody saw. Runs that had not begun yet are started, as if they had only waited a little.

## Branches instead of overwriting

If you edit a question, the old one is not replaced. The new one stands beside it as a second branch, with its own answers, and small arrows lead from one to the other. The same happens when an answer is made again. A model only ever sees the branch you are on, from the first question down to the last.

## Files and pictures

A picture goes to models that can see. A text file is given to the model as text, with its name. If a model cannot read what you attach, you are told so by name instead of receiving an answer that ignores it. Files are kept where your chats are kept.

## What stays private

With models on this machine, no part of a chat leaves it. Nobody measures what you do, and nothing calls home. The logs tell when runs began and ended and how long they took. They hold neither questions nor answers.

## The end mark

An answer ends with exactly one final entry: finished, stopped, or failed. When your browser has received it, the whole message is already stored under its chat, and it is the same text, letter for letter, that you have just read. This one ends here.`
