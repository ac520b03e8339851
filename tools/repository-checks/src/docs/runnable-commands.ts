/** A command of a page that is marked as runnable. */
export interface RunnableCommand {
  readonly page: string;
  readonly line: number;
  /** Words of the command, without quotes. */
  readonly words: readonly string[];
}

const opening = /^```sh runnable\s*$/;

/**
 * The commands in blocks that begin with ```` ```sh runnable ````: one a line, without pipes and variables, so that they are the same in every
 * shell. Comments behind them are left out.
 *
 * @param page its name, for messages
 */
export function runnableCommands(page: string, text: string): readonly RunnableCommand[] {
  const commands: RunnableCommand[] = [];
  let isInside = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (opening.test(line)) isInside = true;
    else if (line.startsWith('```')) isInside = false;
    else if (isInside) {
      const words = line
        .replace(/\s+#.*$/, '')
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '');
      if (words.length > 0) commands.push({ page, line: index + 1, words });
    }
  }
  return commands;
}
