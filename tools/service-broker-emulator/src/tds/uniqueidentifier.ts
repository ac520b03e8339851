/** Where each wire byte stands in the 36 characters: the first three groups are byte-swapped. */
const textPositions = [6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
const nibbleOfCode = new Uint8Array(128);
for (let i = 0; i < 10; i += 1) nibbleOfCode[48 + i] = i;
for (let i = 0; i < 6; i += 1) {
  nibbleOfCode[65 + i] = 10 + i;
  nibbleOfCode[97 + i] = 10 + i;
}

/** Writes the 16 wire bytes of a uniqueidentifier in its 36-character form to `buffer` at `at`. */
export function writeUniqueidentifier(value: string, buffer: Buffer, at: number): void {
  for (let i = 0; i < 16; i += 1) {
    const position = textPositions[i] ?? 0;
    const high = nibbleOfCode[value.charCodeAt(position)] ?? 0;
    const low = nibbleOfCode[value.charCodeAt(position + 1)] ?? 0;
    buffer[at + i] = (high << 4) | low;
  }
}

/** The 36-character upper-case form of the 16 wire bytes at `at`. */
export function readUniqueidentifier(buffer: Buffer, at: number): string {
  const hex = (index: number): string => hexOfByte[buffer[at + index] ?? 0] ?? '';
  return (
    `${hex(3)}${hex(2)}${hex(1)}${hex(0)}-${hex(5)}${hex(4)}-${hex(7)}${hex(6)}-${hex(8)}${hex(9)}-` +
    `${hex(10)}${hex(11)}${hex(12)}${hex(13)}${hex(14)}${hex(15)}`
  );
}
