import type { ReplayState } from '@hartonomous/broker-client';
import { reasonGroups } from '@hartonomous/operations';
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { printable } from '../lineage/printable.ts';
import { textTable } from '../lineage/text-table.ts';
import type { CommandContext } from './command-context.ts';
import { type QueueOptions, withLetters } from './dead-letter-work.ts';

interface GroupsOptions extends QueueOptions {
  readonly state?: ReplayState;
}

/** Gives `deadletter groups` what it does; the command has its options already. */
export function addDeadLetterGroupsCommand(command: Command, context: CommandContext): void {
  command
    .description('count dead letters by reason, the most frequent first')
    .addHelpText(
      'after',
      `
After one cause thousands of letters say the same: this is where to begin. Below each reason stands what its newest says.
Exit code 0: counted, also where there are none; 2: wrong command line or configuration; 3: SQL Server can't be reached or
refuses the login.

Examples:
  hartonomous deadletter groups --state PENDING
  hartonomous deadletter groups --queue ingestion --json`,
    )
    .action(async (options: GroupsOptions) => {
      await withLetters(context, options, async ({ output, client, queue }) => {
        const groups = await reasonGroups(client, queue, options.state, context.signal);
        const [head = '', ...rows] = textTable(
          ['letters', 'reason', 'oldest', 'newest'],
          groups.map(({ letters, reasonCode, oldest, newest }) => [
            ...[String(letters), reasonCode],
            ...[oldest, newest].map((time) => time.toISOString().slice(0, 19)),
          ]),
        );
        if (rows.length > 0) output.line(head);
        for (const [place, row] of rows.entries()) {
          output.line(row);
          const { id, reasonText } = groups[place]?.example ?? { id: '', reasonText: '' };
          output.detail(`${id}: ${printable(reasonText, 66)}`);
        }
        const letters = groups.reduce((sum, group) => sum + group.letters, 0);
        output.line(`${counted(letters, 'dead letter')}, ${counted(groups.length, 'reason')}.`);
        output.document({ ok: true, groups });
      });
    });
}
