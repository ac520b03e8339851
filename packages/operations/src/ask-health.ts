/** Most bytes of an answer. A worker with all its warnings says a few thousand; another program may have anything at that port. */
const mostBytes = 262_144;

/** What a health port answered. */
export interface HealthAnswer {
  readonly status: number;
  /** undefined: it isn't JSON, or wasn't read to its end. */
  readonly json: unknown;
  /** Why there is no JSON, as a part of a sentence. */
  readonly strange: string | undefined;
}

/**
 * Asks a health port, in so many milliseconds and without following redirects.
 *
 * @throws what `fetch` throws before there is an answer; a TimeoutError when there is none in time; the reason of `signal`
 */
export async function askHealth(url: string, timeoutMs: number, signal: AbortSignal): Promise<HealthAnswer> {
  const late = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { signal: AbortSignal.any([signal, late]), redirect: 'manual' });
  const { status } = response;
  try {
    const text = await textOf(response);
    if (text === undefined) return { status, json: undefined, strange: `it answers more than ${mostBytes} bytes` };
    return { status, json: JSON.parse(text), strange: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (late.aborted) {
      return { status, json: undefined, strange: `its answer has no end after ${timeoutMs / 1_000} s` };
    }
    const strange = error instanceof SyntaxError ? 'its answer is not JSON' : 'its answer breaks off';
    return { status, json: undefined, strange };
  }
}

/** undefined for one that is too long, whose rest isn't read. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
