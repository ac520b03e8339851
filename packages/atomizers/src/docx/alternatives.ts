/** What a newer chart needs: its fallback says that it can't be shown. */
const newerChart = /^cx\d*\b/;

/**
 * The forms of one thing that stand in a document for programs of different ages (`mc:AlternateContent`; ECMA-376, part 3, 7.4): the first
 * one that has text is read, of the choices as of the fallback.
 */
export class Alternatives {
  readonly #open: { hasText: boolean; before: number }[] = [];

  /**
   * @param requires what the form needs, as the element says
   * @param added how much text there is so far
   * @returns whether this element and what is in it aren't needed, because a form before it has been read
   */
  open(name: string, requires: string, added: number): boolean {
    if (name === 'AlternateContent') this.#open.push({ hasText: false, before: added });
    const alternative = this.#open.at(-1);
    if (alternative === undefined || (name !== 'Choice' && name !== 'Fallback')) return false;
    if (alternative.hasText) return true;
    alternative.before = added;
    alternative.hasText = name === 'Choice' && newerChart.test(requires);
    return false;
  }

  /** Not to be called for an element that isn't needed, nor within one. */
  close(name: string, added: number): void {
    if (name === 'AlternateContent') this.#open.pop();
    const alternative = this.#open.at(-1);
    if (name === 'Choice' && alternative !== undefined) alternative.hasText ||= added > alternative.before;
  }
}
