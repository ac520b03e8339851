import type { CommandContext } from './commands/command-context.ts';
import { UsageError } from './errors.ts';
import type { Output } from './output.ts';

/**
 * Asks before something that can't be undone.
 *
 * @param question without its end, for example `Delete 12 dead letters`
 * @param isAnswered option --yes: nobody is asked
 * @returns whether to go on
 * @throws UsageError where nobody can be asked: no terminal, or --json
 */
export async function confirm(
  context: CommandContext,
  output: Output,
  question: string,
  isAnswered: boolean,
): Promise<boolean> {
  if (isAnswered) return true;
  if (context.ask === undefined || output.isJson) {
    throw new UsageError(
      `${question}: that needs an answer, and nobody can be asked here.`,
      'Look with --dry-run first; then add --yes.',
    );
  }
  const answer = await context.ask(`${question}? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return true;
  output.line('Nothing was changed.');
  return false;
}
