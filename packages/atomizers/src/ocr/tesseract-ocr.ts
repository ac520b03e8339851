import { OcrError, type OcrParagraph, type OcrProvider } from './ocr-provider.ts';
import { runBounded } from './run-bounded.ts';
import { paragraphsOfTsv } from './tesseract-tsv.ts';

const mebi = 1024 * 1024;
/** Time limit for reporting its version and languages, in milliseconds. */
const checkMs = 10_000;
const maxOutputBytes = 16 * mebi;
/** As Tesseract names its files: `eng`, `chi_sim`, `script/Latin`. */
const language = /^(?:script\/)?[A-Za-z_]+$/;

/** How Tesseract is run. */
export interface TesseractOptions {
  /** The program: a path, or a name to look up in PATH. Default: `tesseract`. */
  readonly executable?: string;
  /** By Tesseract's names: `eng`, `deu`, `chi_sim`; each takes more time. Default: `eng`. */
  readonly languages?: readonly string[];
  /** Longest time for a picture in milliseconds. Default: 120,000. */
  readonly maxMs?: number;
  /** Most memory for a picture in bytes, on Linux. Default: 1 GiB. */
  readonly maxBytes?: number;
}

/**
 * Recognises text with Tesseract, which must be installed with the languages. Each picture is read in its own process, with one
 * thread; it gets the picture on standard input, and of the environment only where programs and languages are.
 */
export class TesseractOcr implements OcrProvider {
  readonly #executable: string;
  readonly #languages: readonly string[];
  readonly #maxMs: number;
  readonly #maxBytes: number;
  #canTurn: Promise<boolean> | undefined;

  /** @throws TypeError for a language that isn't named as Tesseract does */
  constructor({
    executable = 'tesseract',
    languages = ['eng'],
    maxMs = 120_000,
    maxBytes = 1024 * mebi,
  }: TesseractOptions = {}) {
    const wrong = languages.find((each) => !language.test(each));
    if (wrong !== undefined || languages.length === 0) {
      throw new TypeError(`${JSON.stringify(wrong ?? '')} isn't a language of Tesseract's, such as eng or chi_sim.`);
    }
    this.#executable = executable;
    this.#languages = languages;
    this.#maxMs = maxMs;
    this.#maxBytes = maxBytes;
  }

  /** @throws OcrError if it isn't installed, or lacks a language */
  async describe(signal: AbortSignal): Promise<string> {
    const version =
      /\b\d+(?:\.\d+)+/.exec(await this.#run(['--version'], signal, checkMs))?.[0] ?? 'of unknown version';
    const installed = await this.#installed(signal);
    const missing = this.#languages.filter((each) => !installed.includes(each));
    if (missing.length > 0) {
      throw new OcrError(
        `Tesseract ${version} has ${installed.join(', ')} and not ${missing.join(', ')}: install these languages`,
      );
    }
    return `Tesseract ${version}, ${this.#languages.join('+')}`;
  }

  async recognize(picture: Uint8Array, signal: AbortSignal): Promise<readonly OcrParagraph[]> {
    this.#canTurn ??= this.#installed(signal).then((languages) => languages.includes('osd'));
    let canTurn: boolean;
    try {
      canTurn = await this.#canTurn;
    } catch (error) {
      // The next picture tries again: Tesseract may be installed by then, or this attempt was aborted.
      this.#canTurn = undefined;
      throw error;
    }
    // 1: detects rotated pages, too; that needs `osd`, another language file.
    const segmentation = canTurn ? '1' : '3';
    const args = ['stdin', 'stdout', '-l', this.#languages.join('+'), '--psm', segmentation, 'tsv'];
    return paragraphsOfTsv(await this.#run(args, signal, this.#maxMs, picture));
  }

  async #installed(signal: AbortSignal): Promise<readonly string[]> {
    const [, ...languages] = (await this.#run(['--list-langs'], signal, checkMs)).trim().split(/\r?\n/);
    return languages.map((each) => each.trim());
  }

  async #run(args: readonly string[], signal: AbortSignal, maxMs: number, input?: Uint8Array): Promise<string> {
    const { PATH = '', TESSDATA_PREFIX } = process.env;
    const env = { PATH, LC_ALL: 'C', OMP_THREAD_LIMIT: '1', ...(TESSDATA_PREFIX !== undefined && { TESSDATA_PREFIX }) };
    const bounds = { maxMs, maxBytes: this.#maxBytes, maxOutputBytes, signal };
    const output = await runBounded({
      executable: this.#executable,
      args,
      env,
      ...bounds,
      ...(input !== undefined && { input }),
    });
    return output.toString('utf8');
  }
}
