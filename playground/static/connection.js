/** The page's line to the playground: the state, the news that it changed, and what a person does. */

const HEADERS = { "Content-Type": "application/json", "X-Playground": "1" };

/** Do something as a person. Answers `{ok, error?}`, also when the playground cannot be reached. */
export async function post(path, body) {
  try {
    const answer = await fetch(`/page/${path}`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) return await answer.json();
    return { ok: false, error: `The playground answered ${answer.status}.` };
  } catch {
    return { ok: false, error: "The playground cannot be reached. Is it still running?" };
  }
}

/**
 * Follow the workspace as one person sees it.
 *
 * `onState(state)` is called with every new state, `onLine(isUp)` when the line is lost or back. At most one request is
 * under way; news that arrive meanwhile lead to exactly one more.
 */
export function follow(me, onState, onLine) {
  const who = me ? `?as=${encodeURIComponent(me)}` : "";
  const news = new EventSource(`/page/events${who}`);
  let asking = null;
  let isStale = false;
  let isClosed = false;

  /** Resolves when `onState` has been given a state no older than this call. */
  function refresh() {
    isStale = true;
    asking ??= ask().finally(() => { asking = null; });
    return asking;
  }

  async function ask() {
    while (isStale && !isClosed) {
      isStale = false;
      const answer = await fetch(`/page/state${who}`).catch(() => null);
      if (isClosed) return;
      if (!answer?.ok) return onLine(false);
      onState(await answer.json());
    }
  }

  news.onmessage = refresh;
  news.onopen = () => { onLine(true); refresh(); };
  news.onerror = () => { if (!isClosed) onLine(false); };
  refresh();
  return { refresh, close() { isClosed = true; news.close(); } };
}
