import { clearLine, cursorTo } from 'node:readline';
import { escapeControls } from '@hartonomous/redaction';
import colors from 'picocolors';

/**
 * Prints what happens: headings, lines, and one line of progress that is written over on a terminal. Names of files and log lines of
 * the workers are among it, so nothing in a text acts on the terminal.
 */
export class Report {
  readonly #out: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  #progressShown = false;
  #lastProgress = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** Seconds since the start, for people. */
  get elapsed(): string {
    return `${((performance.now() - this.#startedAt) / 1000).toFixed(1)} s`;
  }

  heading(text: string): void {
    this.line('');
    this.#write(`${colors.bold(escapeControls(text))} ${colors.dim(`(${this.elapsed})`)}`);
  }

  /** One line: a line feed in it is escaped. */
  line(text: string): void {
    this.#write(escapeControls(text));
  }

  detail(text: string): void {
    this.#write(`  ${colors.dim(escapeControls(text))}`);
  }

  success(text: string): void {
    this.#write(`  ${colors.green('✓')} ${escapeControls(text)}`);
  }

  /** What went wrong; it may have several lines. */
  failure(text: string): void {
    const [first = '', ...others] = text.split('\n').map((line) => escapeControls(line));
    this.#write([`${colors.red('✗')} ${first}`, ...others.map((line) => `  ${line}`)].join('\n'));
  }

  /** Progress of long work: in place on a terminal, otherwise a line every two seconds. */
  progress(text: string): void {
    if (this.#out.isTTY) {
      this.#clearProgress();
      this.#out.write(`  ${colors.cyan('…')} ${escapeControls(text)}`);
      this.#progressShown = true;
      return;
    }
    if (performance.now() - this.#lastProgress < 2000) return;
    this.#lastProgress = performance.now();
    this.#out.write(`  … ${escapeControls(text)}\n`);
  }

  #write(line: string): void {
    this.#clearProgress();
    this.#out.write(`${line}\n`);
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    clearLine(this.#out, 0);
    cursorTo(this.#out, 0);
    this.#progressShown = false;
  }
}
