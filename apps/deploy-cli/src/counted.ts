/** A number with its noun, for people: `1 message`, `2 messages`. The noun takes an s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
