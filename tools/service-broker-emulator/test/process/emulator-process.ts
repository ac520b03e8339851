import { type ChildProcess, spawn } from 'node:child_process';
import { emulatorCommand } from '@hartonomous/test-support';

/** Password of `sa` of the emulators that tests start as processes. */
export const processPassword = 'Test!Password1';

/** How a process ended and what it printed. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a real child process; disposing it kills it. */
export class EmulatorProcess implements AsyncDisposable {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #listening = Promise.withResolvers<number>();
  #stdout = '';
  #stderr = '';

  /** @param env variables besides those of this process; `MSSQL_SA_PASSWORD` is {@link processPassword} by default */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, emulatorCommand(args), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, MSSQL_SA_PASSWORD: processPassword, ...env },
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      const port =
        /"event":"listening".*"port":(\d+)/.exec(this.#stdout)?.[1] ??
        / listens on .*:(\d+) \(/.exec(this.#stdout)?.[1];
      if (port !== undefined) this.#listening.resolve(Number(port));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => {
        this.#listening.reject(
          new Error(`The emulator ended (${exitCode ?? signal}) before it listened: ${this.#stderr}`),
        );
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
    // A caller that waits for the port gets the rejection; without one, it must not be an unhandled one.
    this.#listening.promise.catch(() => undefined);
  }

  /** The port, once it listens. */
  get port(): Promise<number> {
    return this.#listening.promise;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
