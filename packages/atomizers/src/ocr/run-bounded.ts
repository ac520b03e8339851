import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { OcrError } from './ocr-provider.ts';

/** Interval at which the memory of a process is checked, in milliseconds. */
const memoryCheckMs = 25;
const maxErrorLength = 300;
const mebi = 1024 * 1024;

/** What {@link runBounded} runs, and its limits. */
export interface BoundedRun {
  /** Name or path of a program; never a command line for a shell. */
  readonly executable: string;
  readonly args: readonly string[];
  /** The program's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly maxMs: number;
  /** Bytes of memory; checked on Linux only. */
  readonly maxBytes: number;
  readonly maxOutputBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a program without a shell and returns its output. It is killed when it exceeds a limit, and when the signal aborts.
 *
 * @throws OcrError; the signal's reason when it aborts
 */
export async function runBounded(run: BoundedRun): Promise<Buffer> {
  const { executable, args, env, input, maxMs, signal } = run;
  signal.throwIfAborted();
  const child = spawn(executable, [...args], { env, stdio: 'pipe', shell: false, windowsHide: true });
  const ended = endOf(child, executable);
  const problem = watch(child, run);
  const onAbort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', onAbort);
  try {
    // If a program ends before it has read everything, its exit code is the reason.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const { code, output, errors } = await ended;
    signal.throwIfAborted();
    if (problem.reason !== undefined) throw new OcrError(`${executable} ${problem.reason}`);
    if (code === 0) return output;
    throw new OcrError(
      `${executable} ended with ${code}: ${errors.trim().slice(0, maxErrorLength) || `after ${maxMs} ms`}`,
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
    problem[Symbol.dispose]();
  }
}

interface Problem extends Disposable {
  /** Why the program was killed. */
  readonly reason: string | undefined;
}

function watch(child: ChildProcessWithoutNullStreams, { maxMs, maxBytes, maxOutputBytes }: BoundedRun): Problem {
  let reason: string | undefined;
  const kill = (why: string): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const timeout = setTimeout(() => kill(`took more than ${maxMs} ms`), maxMs);
  const check = async (): Promise<void> => {
    const bytes = await residentBytes(child.pid);
    if (bytes > maxBytes) kill(`took more than ${Math.round(maxBytes / mebi)} MiB of memory`);
  };
  const timer = setInterval(() => void check(), memoryCheckMs);
  let printed = 0;
  child.stdout.on('data', (piece: Buffer) => {
    printed += piece.length;
    if (printed > maxOutputBytes) kill(`printed more than ${maxOutputBytes} bytes`);
  });
  return {
    get reason() {
      return reason;
    },
    [Symbol.dispose]: () => {
      clearTimeout(timeout);
      clearInterval(timer);
    },
  };
}

async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined || process.platform !== 'linux') return 0;
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch (error) {
    // It has just ended.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return 0;
    throw error;
  }
}

interface ProgramEnd {
  readonly code: number | NodeJS.Signals;
  readonly output: Buffer;
  readonly errors: string;
}

function endOf(child: ChildProcessWithoutNullStreams, executable: string): Promise<ProgramEnd> {
  const output: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (piece: Buffer) => output.push(piece));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (errors.length < maxErrorLength) errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      reject(new OcrError(isMissing ? `${executable} isn't installed` : `${executable}: ${error.message}`, error));
    });
    child.once('close', (code, signal) =>
      resolve({ code: code ?? signal ?? 'SIGKILL', output: Buffer.concat(output), errors }),
    );
  });
}
