/**
 * Help for a terminal of so many columns: paragraphs are broken anew where a line is longer; commands in examples go on in the next line
 * behind a backslash, as a shell reads them; what else is set in (tables) stays.
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
      wrapped.push(...(isExample(line) ? continued(line, columns) : [line]));
      continue;
    }
    paragraph.push(line);
    // A line that ends early ends there on purpose.
    if (/[.:]$/.test(line)) end();
  }
  if (paragraph.length > 0) end();
  return wrapped.join('\n');
}

/** A command to be copied, perhaps behind variables. */
function isExample(line: string): boolean {
  return /^ {2}(\w+=\S+ )*hartonomous /.test(line);
}

/** A command in lines that a shell puts together again. Blanks inside of quotes aren't places to break at. */
function continued(line: string, columns: number): string[] {
  const words = line.trim().match(/(?:'[^']*'|"[^"]*"|[^\s'"])+|\s+/g) ?? [];
  const lines: string[] = [];
  let current = '  ';
  for (const word of words) {
    // Room for the backslash, which the last line doesn't need.
    if (
      !/^\s/.test(word) &&
      current.trim() !== '' &&
      current.length + word.length > columns - 2 &&
      line.length > columns
    ) {
      lines.push(`${current.trimEnd()} \\`);
      current = '    ';
    }
    if (!/^\s/.test(word) || current.trim() !== '') current += word;
  }
  return [...lines, current.trimEnd()];
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
