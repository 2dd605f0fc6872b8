import type { Params } from "../../protocol/frame.ts"
import { base64 } from "../base64.ts"
import type { PlainMessage } from "../content.ts"
import type { Think } from "./think.ts"

/** The body of `POST /api/chat`. An assistant's message at the end is gone on from. */
export function chatBody(model: string, messages: PlainMessage[], params: Params, think: Think | undefined): object {
  const options = chatOptions(params)
  return {
    model,
    stream: true,
    messages: [
      ...(params.system ? [{ role: "system", content: params.system }] : []),
      ...messages.map(({ role, text, images }) => ({
        role,
        content: text,
        ...(images.length > 0 ? { images: images.map((image) => base64(image.bytes)) } : {}),
      })),
    ],
    ...(think === undefined ? {} : { think }),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }
}

/** Never `num_ctx` and its like: options that differ from the loaded model's make the server load it again. */
function chatOptions({ temperature, topP, maxOutputTokens, stop, seed }: Params): object {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxOutputTokens === undefined ? {} : { num_predict: maxOutputTokens }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
  }
}
