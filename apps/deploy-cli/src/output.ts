import type { Failure } from '@hartonomous/operations';

/** Something to write text to, such as `process.stdout`. */
export interface TextSink {
  write(text: string): unknown;
}

/** How many blanks a line of explanation is set in. */
const indent = '      ';

/**
 * What a command says: lines for people as it goes, or with `--json` one JSON document at its end and nothing else.
 * Results go to stdout; errors go to stderr, or into the document.
 */
export class Output {
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  readonly #stdout: TextSink;
  readonly #stderr: TextSink;
  #isLineOpen = false;

  constructor(sinks: { readonly stdout: TextSink; readonly stderr: TextSink }, isJson: boolean, isVerbose: boolean) {
    this.#stdout = sinks.stdout;
    this.#stderr = sinks.stderr;
    this.isJson = isJson;
    this.isVerbose = isVerbose;
  }

  /** Text without a line break of its own, for a line that goes on later. */
  text(text: string): void {
    if (this.isJson) return;
    this.#stdout.write(text);
    this.#isLineOpen = !text.endsWith('\n');
  }

  line(text = ''): void {
    this.text(`${text}\n`);
  }

  /** Lines that explain the one before. */
  detail(text: string): void {
    for (const part of text.split('\n')) this.line(`${indent}${part}`);
  }

  /** A line that only `--verbose` shows. */
  verbose(text: string): void {
    if (this.isVerbose) this.detail(text);
  }

  /** What a person should know although the command goes on. On stderr, so that results can be piped; in JSON it is the document's. */
  warning(text: string): void {
    if (!this.isJson) this.#stderr.write(`Warning: ${text}.\n`);
  }

  /** The result of the command, for programs. A `bigint` is written as text: JSON's numbers have 53 bits. */
  document(value: object): void {
    const withIds = (_: string, part: unknown) => (typeof part === 'bigint' ? part.toString() : part);
    if (this.isJson) this.#stdout.write(`${JSON.stringify(value, withIds, 2)}\n`);
  }

  failure({ code, message, action }: Failure): void {
    if (this.isJson) {
      this.document({ ok: false, error: { code, message, action } });
      return;
    }
    // The step that was under way is the one that failed.
    if (this.#isLineOpen) this.line('✗');
    this.#stderr.write(`${code}: ${message}\n${action === null ? '' : `${action}\n`}`);
  }

  /** An error that nobody expected: everything that helps to report it. */
  unexpected(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (this.isJson) this.document({ ok: false, error: { code: 'UNEXPECTED', message: text, action: null } });
    else this.#stderr.write(`UNEXPECTED: this is a defect of hartonomous, please report it.\n${text}\n`);
  }
}
