import { Show } from "solid-js"
import type { Notice } from "../runtime/notices.ts"

/** What was done a moment ago, and the way back. It takes no focus. */
export function NoticeBar(props: { notice: Notice | undefined }) {
  return (
    <div role="status">
      <Show when={props.notice} keyed>
        {(notice) => (
          <div class="notice">
            <span>{notice.text}</span>
            <Show when={notice.action}>
              {(action) => (
                <button type="button" class="button plain" onClick={() => action().run()}>
                  {action().label}
                </button>
              )}
            </Show>
          </div>
        )}
      </Show>
    </div>
  )
}
