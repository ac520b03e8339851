import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Most bytes of lines that wait for a slow reader. Too few: a reader that is busy for a moment misses a batch's lines at level debug (some
 * 1.5 MB); more is memory that a stopped reader takes from the worker.
 */
const mostWaitingBytes = 8 * 1024 * 1024;

/** Milliseconds between two tries while lines wait. Too long: a reader that resumes gets little at a time, because a pipe holds 64 KiB. */
const retryMs = 20;

/** The same for a place that refuses to be written, such as a full disk. */
const refusedRetryMs = 1_000;

/** Longest time, in milliseconds, that lines which still wait hold up the end of the process. */
const lastWriteMs = 500;

/** What {@link LogStream} needs. */
export interface LogStreamOptions {
  /** Told once there is room again, of how many lines were left out; may write a line about it. */
  readonly onLeftOut?: (lines: number) => void;
}

const open = new Set<LogStream>();
let isExitWatched = false;

/**
 * Writes log lines to a descriptor without ever waiting for who reads them. Normally a line is written before `write` returns, so none is
 * lost however the process ends. While a pipe, terminal or socket is full, lines wait in memory; beyond 8 MiB of them they are left out
 * and counted. A reader that is gone for good gets nothing any more.
 */
export class LogStream {
  readonly #descriptor: number;
  readonly #onLeftOut: (lines: number) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #leftOut = 0;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param descriptor open for writing; it stays the caller's */
  constructor(descriptor: number, { onLeftOut = () => undefined }: LogStreamOptions = {}) {
    this.#descriptor = withoutBlocking(descriptor);
    this.#onLeftOut = onLeftOut;
    open.add(this);
    if (!isExitWatched) process.once('exit', writeWhatWaits);
    isExitWatched = true;
  }

  /** @param line with its line feed */
  write(line: string): void {
    if (this.#isClosed) return;
    const bytes = Buffer.from(line);
    // Once lines are left out, half of the room has to be free again, or each second line would be about left out lines.
    const room = this.#leftOut === 0 ? mostWaitingBytes : mostWaitingBytes / 2;
    if (this.#waitingBytes > 0 && this.#waitingBytes + bytes.length > room) {
      this.#leftOut += 1;
      return;
    }
    this.#tellLeftOut();
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    // While others wait, the timer tries: a try per line would be a system call per line.
    if (this.#retry === undefined) this.#flush();
  }

  /** Tries for a while to write what waits; waits for its reader at the end of the process only. */
  writeLast(deadline: number): void {
    clearTimeout(this.#retry);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (this.#flush(); this.#waitingBytes > 0 && performance.now() < deadline; this.#flush()) {
      Atomics.wait(pause, 0, 0, 10);
    }
  }

  #flush(): void {
    this.#retry = undefined;
    let written = 0;
    for (const line of this.#waiting) {
      const progress = this.#writeOne(line);
      this.#waitingBytes -= progress.bytes;
      if (progress.isWhole) {
        written += 1;
        continue;
      }
      if (this.#isClosed) return;
      this.#waiting = [line.subarray(progress.bytes), ...this.#waiting.slice(written + 1)];
      return;
    }
    this.#waiting = [];
    this.#tellLeftOut();
  }

  #tellLeftOut(): void {
    if (this.#leftOut === 0) return;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#onLeftOut(leftOut);
  }

  #writeOne(line: Buffer): { readonly bytes: number; readonly isWhole: boolean } {
    let bytes = 0;
    try {
      while (bytes < line.length) bytes += writeSync(this.#descriptor, line, bytes);
      return { bytes, isWhole: true };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE' || code === 'EBADF') this.#close();
      else {
        this.#retry = setTimeout(() => this.#flush(), code === 'EAGAIN' ? retryMs : refusedRetryMs);
        this.#retry.unref();
      }
      return { bytes, isWhole: false };
    }
  }

  #close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    open.delete(this);
  }
}

function writeWhatWaits(): void {
  const deadline = performance.now() + lastWriteMs;
  for (const stream of open) stream.writeLast(deadline);
}

/**
 * A descriptor of the same file, pipe or terminal that is full rather than blocking. A new description where the system gives one: the mode
 * of the old one is shared with every process that has inherited it.
 */
function withoutBlocking(descriptor: number): number {
  if (process.platform === 'win32' || fstatSync(descriptor).isFile()) return descriptor;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // A socket, as systemd's journal has it, can't be opened anew, and neither can anything without /proc. Node sets the mode of what
    // it makes a stream of.
    const stream = descriptor === 1 ? process.stdout : new Socket({ fd: descriptor, readable: false, writable: true });
    if (stream instanceof Socket) stream.unref();
    return descriptor;
  }
}
