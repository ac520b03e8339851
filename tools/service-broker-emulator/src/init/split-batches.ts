/** One batch of a script. */
export interface ScriptBatch {
  readonly text: string;
  /** 1-based line of the script on which the batch begins. */
  readonly line: number;
  /** How often it runs: the number behind its GO. */
  readonly count: number;
}

const goLine = /^[ \t]*GO(?:[ \t]+(\d+))?[ \t]*(?:--.*)?$/i;

/** What the end of a line may be inside of; block comments nest. */
interface LineState {
  quote: "'" | '"' | ']' | undefined;
  commentDepth: number;
}

/**
 * Cuts a script into batches at its GO lines, as sqlcmd does: a line with nothing but GO, in any case, perhaps with a
 * count and a comment. GO inside a string, a quoted name or a block comment is text. Batches without text are left out.
 */
export function splitBatches(script: string): ScriptBatch[] {
  const batches: ScriptBatch[] = [];
  const state: LineState = { quote: undefined, commentDepth: 0 };
  let lines: string[] = [];
  let firstLine = 1;
  const end = (count: number): void => {
    const text = lines.join('\n');
    if (text.trim() !== '') batches.push({ text, line: firstLine, count });
    lines = [];
  };
  for (const [index, line] of script
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const separator = state.quote === undefined && state.commentDepth === 0 ? goLine.exec(line) : null;
    if (separator !== null) {
      end(separator[1] === undefined ? 1 : Number(separator[1]));
      firstLine = index + 2;
      continue;
    }
    lines.push(line);
    readLine(line, state);
  }
  end(1);
  return batches;
}

function readLine(line: string, state: LineState): void {
  for (let at = 0; at < line.length; at += 1) {
    const pair = line.slice(at, at + 2);
    if (state.commentDepth > 0) {
      if (pair === '/*' || pair === '*/') {
        state.commentDepth += pair === '/*' ? 1 : -1;
        at += 1;
      }
    } else if (state.quote !== undefined) {
      if (line[at] !== state.quote) continue;
      // A doubled quote is one character of the text.
      if (line[at + 1] === state.quote) at += 1;
      else state.quote = undefined;
    } else if (pair === '--') return;
    else if (pair === '/*') {
      state.commentDepth = 1;
      at += 1;
    } else if (pair[0] === "'" || pair[0] === '"') state.quote = pair[0];
    else if (pair[0] === '[') state.quote = ']';
  }
}
