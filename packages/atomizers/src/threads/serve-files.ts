import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { isLast, type LastAnswer, type ThreadMessage, type ThreadUsage } from './thread-messages.ts';

/** Small files are answered at once; a large one is read ahead by no more than this. */
const maxAnswers = 16;
const maxGatherMs = 10;

type Answers<Part> = AsyncIterator<Part | LastAnswer> | Iterator<Part | LastAnswer>;

/**
 * The loop of a thread that `ReaderThread` starts: it receives the bytes of a file, and answers them and every message that follows, whatever
 * its content.
 *
 * @param read returns the answers for a file; the last one is marked
 */
export function serveFiles<Part extends { readonly kind: string }>(
  read: (bytes: Uint8Array<ArrayBuffer>) => Answers<Part>,
): void {
  const port = parentPort;
  if (port === null) throw new Error('This module is the entry point of a worker thread.');
  let answers: Answers<Part> | undefined;
  port.on('message', async (message: unknown) => {
    if (message instanceof Uint8Array) answers = read(message as Uint8Array<ArrayBuffer>);
    port.postMessage({ answers: await gather(answers), usage: usage() } satisfies ThreadMessage<Part | LastAnswer>);
  });
}

async function gather<Part extends { readonly kind: string }>(
  answers: Answers<Part> | undefined,
): Promise<readonly (Part | LastAnswer)[]> {
  const gathered: (Part | LastAnswer)[] = [];
  const started = performance.now();
  do {
    const next = await answers?.next();
    const answer = next?.value ?? ({ kind: 'end' } as const);
    gathered.push(answer);
    // Only byte arrays can be large.
    if (isLast(answer) || 'bytes' in answer) break;
  } while (gathered.length < maxAnswers && performance.now() - started < maxGatherMs);
  return gathered;
}

function usage(): ThreadUsage {
  const { user, system } = process.threadCpuUsage();
  const { external_memory, used_heap_size } = getHeapStatistics();
  return { processorMs: (user + system) / 1000, usedBytes: external_memory + used_heap_size };
}
