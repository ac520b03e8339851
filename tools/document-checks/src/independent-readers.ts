import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Reader } from './documents.ts';
import { runProgram } from './run-program.ts';

const readers = join(import.meta.dirname, '../readers');
const pythonAdvice = 'PDFium and html5lib are read with Python 3.9 or newer and its module venv; pip fetches them.';
const officeAdvice =
  'OpenDocument is read with LibreOffice: apt-get install --no-install-recommends libreoffice-writer-nogui';

/** Programs that read documents and share no code with the atomizers. */
export class IndependentReaders {
  readonly #python: string;
  readonly #folder: string;

  private constructor(python: string, folder: string) {
    this.#python = python;
    this.#folder = folder;
  }

  /**
   * Installs the readers that pip has, unless the folder has them.
   *
   * @throws DocumentCheckError
   */
  static async install(folder: string): Promise<IndependentReaders> {
    const environment = join(folder, 'readers');
    const python = join(environment, 'bin/python');
    if (!existsSync(environment)) {
      const partial = `${environment}.partial`;
      await runProgram('python3', ['-m', 'venv', '--clear', partial], { advice: pythonAdvice });
      const install = ['-m', 'pip', 'install', '--quiet', '--requirement', join(readers, 'requirements.txt')];
      await runProgram(join(partial, 'bin/python'), install, { advice: pythonAdvice });
      await rename(partial, environment);
    }
    return new IndependentReaders(python, folder);
  }

  /**
   * The text of a file.
   *
   * @throws DocumentCheckError
   */
  async text(reader: Reader, path: string): Promise<string> {
    if (reader === 'odt') return this.#officeText(path);
    const script = join(readers, 'read_texts.py');
    const output = await runProgram(this.#python, [script, `${reader}:${path}`], { advice: pythonAdvice });
    const text: unknown = JSON.parse(output);
    return String(text);
  }

  async #officeText(path: string): Promise<string> {
    const target = join(this.#folder, 'texts');
    const profile = `-env:UserInstallation=file://${join(this.#folder, 'profile')}`;
    const convert = ['--headless', '--convert-to', 'txt:Text (encoded):UTF8', '--outdir', target, path];
    await runProgram('soffice', [profile, ...convert], { advice: officeAdvice });
    return readFile(join(target, basename(path).replace(/\.\w+$/, '.txt')), 'utf8');
  }
}
