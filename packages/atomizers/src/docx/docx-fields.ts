import { symbolOfField } from './symbol-fonts.ts';

const maxInstructionLength = 2048;
/** Fields within fields; Word allows for 20. */
const maxDepth = 64;

interface Field {
  instruction: string;
  /** Length of the paragraphs' text where the result begins. */
  resultAt: number | undefined;
}

/** The fields of a document that are open, the innermost last: instructions come first, then mostly what they result in. */
export class DocxFields {
  readonly #open: Field[] = [];
  #tooDeep = 0;
  /** Fields that draw something themselves, and whose result isn't in the file: formulas of old (`EQ`). */
  notShown = 0;

  begin(): void {
    if (this.#open.length >= maxDepth) this.#tooDeep += 1;
    else this.#open.push({ instruction: '', resultAt: undefined });
  }

  /** Takes a piece of an instruction. */
  instruction(text: string): void {
    const field = this.#open.at(-1);
    if (field !== undefined && field.instruction.length < maxInstructionLength) field.instruction += text;
  }

  /** The result comes now. @param at how much text there is so far @returns the address that the field links to */
  separate(at: number): string | undefined {
    const field = this.#open.at(-1);
    if (field === undefined || this.#tooDeep > 0) return undefined;
    field.resultAt = at;
    return /^\s*HYPERLINK\s+(?:\\l\s+)?"([^"]+)"/i.exec(field.instruction)?.[1];
  }

  /** @param at how much text there is so far @returns what a field shows that has no result */
  end(at: number): string {
    if (this.#tooDeep > 0) {
      this.#tooDeep -= 1;
      return '';
    }
    const field = this.#open.pop();
    if (field === undefined || at > (field.resultAt ?? at)) return '';
    if (/^\s*EQ\s/i.test(field.instruction)) this.notShown += 1;
    const button = /^\s*MACROBUTTON\s+\S+\s(.*)$/is.exec(field.instruction)?.[1];
    return button?.trim() ?? symbolOfField(field.instruction) ?? '';
  }
}
