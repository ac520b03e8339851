import { clearLine, cursorTo } from 'node:readline';
import colors from 'picocolors';

/** Prints what happens: headings, lines, and one line of progress that is written over on a terminal. */
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
    this.line(`${colors.bold(text)} ${colors.dim(`(${this.elapsed})`)}`);
  }

  line(text: string): void {
    this.#clearProgress();
    this.#out.write(`${text}\n`);
  }

  detail(text: string): void {
    this.line(`  ${colors.dim(text)}`);
  }

  success(text: string): void {
    this.line(`  ${colors.green('✓')} ${text}`);
  }

  failure(text: string): void {
    this.line(`${colors.red('✗')} ${text}`);
  }

  /** Progress of long work: in place on a terminal, otherwise a line every two seconds. */
  progress(text: string): void {
    if (this.#out.isTTY) {
      this.#clearProgress();
      this.#out.write(`  ${colors.cyan('…')} ${text}`);
      this.#progressShown = true;
      return;
    }
    if (performance.now() - this.#lastProgress < 2000) return;
    this.#lastProgress = performance.now();
    this.#out.write(`  … ${text}\n`);
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    clearLine(this.#out, 0);
    cursorTo(this.#out, 0);
    this.#progressShown = false;
  }
}
