import type { Failure } from '@hartonomous/operations';
import { escapeControls, redactText } from '@hartonomous/redaction';
import { cutToWidth } from './cut-to-width.ts';

/** Something to write text to, such as `process.stdout`. */
export interface TextSink {
  write(text: string): unknown;
}

/** Where results go: a file or pipe, or a terminal with its size. */
export interface Terminal extends TextSink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Rows of a terminal that doesn't report its size, or reports 0: a serial console, a pseudo-terminal without a size. */
const usualRows = 24;

/** How many blanks a line of explanation is set in. */
const indent = '      ';

/**
 * What a command says: lines for people as it goes, or with `--json` one JSON document at its end and nothing else.
 * Results go to stdout; errors go to stderr, or into the document.
 *
 * It is the only way to a terminal. Whatever of a line came from a document, a name or a server, no byte of it acts on the terminal
 * ({@link escapeControls}); errors, which repeat what others wrote, show no secrets either.
 */
export class Output {
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  readonly #stdout: TextSink;
  readonly #stderr: TextSink;
  #isLineOpen = false;
  #frameLines = 0;

  constructor(sinks: { readonly stdout: TextSink; readonly stderr: TextSink }, isJson: boolean, isVerbose: boolean) {
    this.#stdout = sinks.stdout;
    this.#stderr = sinks.stderr;
    this.isJson = isJson;
    this.isVerbose = isVerbose;
  }

  /** A line that goes on later. */
  text(text: string): void {
    if (this.isJson) return;
    this.#stdout.write(escapeControls(text));
    this.#isLineOpen = true;
  }

  /** One line: a line feed in it is escaped, since it comes from data. */
  line(text = ''): void {
    if (this.isJson) return;
    this.#stdout.write(`${escapeControls(text)}\n`);
    this.#isLineOpen = false;
  }

  /** Shows lines in the place of those that the call before has shown. Only on a terminal; what doesn't fit on it is left out. */
  frame(lines: readonly string[], { rows, columns }: Terminal): void {
    const most = Math.max(1, (rows || usualRows) - 1);
    const left = lines.length - most;
    const shown =
      left > 0 ? [...lines.slice(0, most - 1), `(${left + 1} more lines: the terminal is too small)`] : lines;
    const cut = shown.map((line) => cutToWidth(escapeControls(line), columns || Number.POSITIVE_INFINITY));
    // Up to the first line of before, and all below it cleared.
    const back = this.#frameLines === 0 ? '' : `\u001b[${this.#frameLines}A\u001b[0J`;
    this.#stdout.write(`${back}${cut.map((line) => `${line}\n`).join('')}`);
    this.#frameLines = cut.length;
  }

  /** One of many results, for programs, in one line. */
  jsonLine(value: object): void {
    if (this.isJson) this.#stdout.write(`${escapeControls(JSON.stringify(value, withIds))}\n`);
  }

  /** Lines that explain the one before. */
  detail(text: string): void {
    for (const part of text.split('\n')) this.line(`${indent}${part}`);
  }

  /** A line that only `--verbose` shows. */
  verbose(text: string): void {
    if (this.isVerbose) this.line(`${indent}${text}`);
  }

  /** What a person should know although the command goes on. On stderr, so that results can be piped; in JSON it is the document's. */
  warning(text: string): void {
    if (!this.isJson) this.#stderr.write(`Warning: ${safe(text)}.\n`);
  }

  /** One line about the result, on stderr so that the result alone can be piped. In JSON it is the document's. */
  aside(text: string): void {
    if (!this.isJson) this.#stderr.write(`${escapeControls(text)}\n`);
  }

  /** The result of the command, for programs. A `bigint` is written as text: JSON's numbers have 53 bits. */
  document(value: object): void {
    if (this.isJson) {
      this.#stdout.write(`${escapeControls(JSON.stringify(value, withIds, 2), { keepLineFeeds: true })}\n`);
    }
  }

  failure({ code, message, action }: Failure): void {
    if (this.isJson) {
      const shownAction = action === null ? null : redactText(action);
      this.document({ ok: false, error: { code, message: redactText(message), action: shownAction } });
      return;
    }
    // The step that was under way is the one that failed.
    if (this.#isLineOpen) this.line('✗');
    this.#stderr.write(`${code}: ${safe(message)}\n${action === null ? '' : `${safe(action)}\n`}`);
  }

  /** An error that nobody expected: everything that helps to report it. */
  unexpected(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (this.isJson)
      this.document({ ok: false, error: { code: 'UNEXPECTED', message: redactText(text), action: null } });
    else this.#stderr.write(`UNEXPECTED: this is a defect of hartonomous, please report it.\n${safe(text)}\n`);
  }
}

/** JSON's numbers have 53 bits. */
function withIds(_: string, part: unknown): unknown {
  return typeof part === 'bigint' ? part.toString() : part;
}

/** Text of an error: no secrets, nothing that acts on a terminal, and lines after the first one set in, so that they look like no others. */
function safe(text: string): string {
  const lines = escapeControls(redactText(text), { keepLineFeeds: true }).split('\n');
  return lines.map((line, place) => (place === 0 || line.startsWith(' ') ? line : `  ${line}`)).join('\n');
}
