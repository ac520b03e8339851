/** Whether a text has ASCII alone, which is the same in every code page and has one form in either case. */
export function isAscii(text: string): boolean {
  return !/[\u0080-\uFFFF]/.test(text);
}
