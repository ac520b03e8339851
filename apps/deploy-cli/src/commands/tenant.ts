import { addTenant, listTenants } from '@hartonomous/operations';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import { textTable } from '../lineage/text-table.ts';
import { tenantNumber } from './arguments.ts';
import { type CommandContext, type CommonOptions, withCommonOptions, withDatabaseOptions } from './command-context.ts';
import { withDatabase } from './with-database.ts';

interface AddOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

/** Characters of dbo.Tenant.Name. */
const longestName = 200;

/** Adds `tenant add` and `tenant list`. */
export function addTenantCommands(program: Command, context: CommandContext): void {
  const group = program.command('tenant').description('tenants, to whom all other rows belong');
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text)));

  command('add <id> <name>')
    .description('add a tenant to SQL Server, and have it synced to the graph')
    .option('--dry-run', 'only check whether the number is free')
    .addHelpText(
      'after',
      "\nExamples:\n  hartonomous tenant add 77 'Contoso Ltd'\n  hartonomous tenant add 77 'Contoso Ltd' --dry-run",
    )
    .action((id: string, name: string, options: AddOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const { dryRun = false } = options;
        const tenant = { id: tenantNumber(id, 'the id'), name: name.trim() };
        if (tenant.name === '' || tenant.name.length > longestName) {
          throw new UsageError("The name can't be used.", `Give 1 to ${longestName} characters.`);
        }
        await addTenant(client, tenant, dryRun, context.signal);
        output.line(
          dryRun
            ? `Would add tenant ${id}: ${tenant.name}.`
            : `✓ Added tenant ${id}: ${tenant.name}; it goes to the graph.`,
        );
        if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
        output.document({ ok: true, dryRun, tenant });
      }),
    );

  command('list')
    .description('list all tenants')
    .addHelpText('after', '\nExample:\n  hartonomous tenant list --json')
    .action((options: CommonOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const tenants = await listTenants(client, context.signal);
        const rows = tenants.map(({ id, name, createdAt }) => [String(id), name, createdAt.toISOString()]);
        for (const line of textTable(['ID', 'NAME', 'CREATED'], rows)) output.line(line);
        output.document({ ok: true, tenants });
      }),
    );
}
