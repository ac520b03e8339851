import { parentPort, workerData } from 'node:worker_threads';
import { type LoadedRuntime, loadRuntime } from './load-runtime.ts';
import type { ThreadAnswer, ThreadRequest, ThreadStart } from './onnx-messages.ts';
import { OnnxSession } from './onnx-session.ts';
import { RunFlag } from './run-flag.ts';

// Runs a model in a thread of its own: a run blocks the thread that it is in, and with it health checks and stops.

const port = parentPort;
if (port === null) throw new TypeError('onnx-thread.ts is the first file of a thread.');
const start = workerData as ThreadStart;
const waiting: Extract<ThreadRequest, { kind: 'run' }>[] = [];
const flag = new RunFlag(start.flag);
let isRunning = false;

function answer(message: ThreadAnswer): void {
  port?.postMessage(message, 'vector' in message ? [message.vector.buffer as ArrayBuffer] : []);
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function load(): Promise<OnnxSession | undefined> {
  let runtime: LoadedRuntime;
  try {
    runtime = await flag.run(() => loadRuntime(start.runtime));
  } catch (error) {
    answer({ kind: 'no-runtime', detail: detailOf(error) });
    return undefined;
  }
  try {
    const session = await flag.run(() => OnnxSession.load(runtime.module, start));
    answer({ kind: 'ready', runtime: runtime.kind, nativeProblem: runtime.nativeProblem });
    return session;
  } catch (error) {
    answer({ kind: 'unusable', detail: detailOf(error) });
    return undefined;
  }
}

async function runAll(session: OnnxSession): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { id, tokens } = next;
    try {
      answer({ kind: 'vector', id, vector: await flag.run(() => session.vectorOf(tokens)) });
    } catch (error) {
      answer({ kind: 'failed', id, detail: detailOf(error) });
    }
  }
  isRunning = false;
}

const session = await load();
if (session !== undefined) {
  port.on('message', (request: ThreadRequest) => {
    switch (request.kind) {
      case 'run':
        waiting.push(request);
        void runAll(session);
        return;
      case 'forget': {
        const left = waiting.filter(({ id }) => !request.ids.includes(id));
        waiting.splice(0, waiting.length, ...left);
        return;
      }
      case 'close':
        waiting.length = 0;
        // Without a listener the thread ends by itself.
        void flag.run(() => session.release()).finally(() => port.close());
    }
  });
}
