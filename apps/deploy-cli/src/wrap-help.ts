/**
 * Help for a terminal of so many columns: paragraphs are broken anew where a line is longer, what is set in (examples, tables) stays.
 *
 * @param columns at least 40
 */
export function wrapHelp(text: string, columns: number): string {
  if (text.split('\n').every((line) => line.length <= columns)) return text;
  const wrapped: string[] = [];
  let paragraph: string[] = [];
  const end = () => {
    wrapped.push(...broken(paragraph.join(' '), columns));
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith(' ')) {
      if (paragraph.length > 0) end();
      wrapped.push(line);
      continue;
    }
    paragraph.push(line);
    // A line that ends early ends there on purpose.
    if (/[.:]$/.test(line)) end();
  }
  if (paragraph.length > 0) end();
  return wrapped.join('\n');
}

function broken(paragraph: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
