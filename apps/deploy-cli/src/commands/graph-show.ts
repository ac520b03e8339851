import {
  createGraphNavigator,
  type GraphNavigator,
  type GraphNode,
  type Neighbour,
  navigableLabels,
  type PropertyValue,
  type PropertyValues,
} from '@hartonomous/graph-sync';
import { openGraph } from '@hartonomous/operations';
import { graphSchema } from '@hartonomous/provenance-schema';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../lineage/printable.ts';
import { graphSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import { bigIntId, optionalWholeNumber, tenantNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';

interface ShowOptions extends CommonOptions {
  readonly tenant: string;
  readonly limit?: string;
  readonly group?: string;
  readonly after?: string;
}

/** Adds `graph show` to the commands of the group `graph`. */
export function addGraphShowCommand(graph: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(graph.command('show')))
    .argument('<label>', `one of ${navigableLabels.join(', ')}`)
    .argument('<id>', 'id of the entity; of a reference node its value, such as graph_traversal')
    .description('show a node with its neighbours, grouped by relationship')
    .option('--tenant <id>', 'nothing of any other tenant is read', '0')
    .option('--limit <number>', 'neighbours of each group, 1 to 10000 (default 10; with --group 100)')
    .option('--group <direction:type:label>', 'only this group, page by page; for example in:DERIVED_FROM:Atom')
    .option('--after <cursor>', 'with --group: the next page')
    .addHelpText(
      'after',
      `
Exit code 0: shown; 1: the tenant has no such node; 2: wrong command line or configuration; 3: Neo4j can't be reached or
refuses the login.

Examples:
  hartonomous graph show Atom 12345
  hartonomous graph show Inference 20 --tenant 7 --json
  hartonomous graph show Tenant 0 --group in:BELONGS_TO_TENANT:Atom --limit 50 --after 50`,
    )
    .action(async (label: string, text: string, options: ShowOptions) => {
      const { output, settings } = await startCommand(context, options);
      const tenantId = tenantNumber(options.tenant);
      const limit = optionalWholeNumber('--limit', options.limit, 1, 10_000);
      if (options.after !== undefined && options.group === undefined) {
        throw new UsageError('--after is for one group.', 'Name it with --group.');
      }
      const id = isReference(label) ? text : bigIntId(text);
      const node = { tenantId, label, id, limit, signal: context.signal };
      await using connected = await openGraph(graphConnection(settings.get(graphSettingsSchema)), context.signal);
      const navigator = createGraphNavigator(connected);
      if (options.group === undefined) showNode(output, await navigator.node(node));
      else await showGroup(output, navigator, node, options.group, options.after);
      context.finish(exitCodes.done);
    });
}

// Their ids are texts; every other label's are numbers.
function isReference(label: string): boolean {
  return graphSchema.referenceNodes.some((node) => node.label === label);
}

function showNode(output: Output, node: GraphNode): void {
  output.line(`${node.label} ${node.id}${node.isPlaceholder ? ' (not synced yet, or deleted)' : ''}`);
  for (const [name, value] of Object.entries(node.properties)) {
    if (value !== null) output.line(`  ${name}: ${shown(value, 200)}`);
  }
  for (const { direction, type, label, count, items, next } of node.groups) {
    const group = `${direction}:${type}:${label}`;
    output.line(`${direction === 'out' ? '→' : '←'} ${type} ${label} (${count})`);
    for (const neighbour of items) output.line(`    ${neighbourLine(neighbour)}`);
    if (next !== null) output.line(`    ${items.length} of ${count}; more: --group ${group} --after ${next}`);
  }
  output.document({ ok: true, ...node });
}

async function showGroup(
  output: Output,
  navigator: GraphNavigator,
  node: Parameters<GraphNavigator['node']>[0],
  group: string,
  after: string | undefined,
): Promise<void> {
  const [direction, type, neighbourLabel, ...rest] = group.split(':');
  if ((direction !== 'in' && direction !== 'out') || type === undefined || !neighbourLabel || rest.length > 0) {
    throw new UsageError(`--group ${group} can't be used.`, 'Write it like in:DERIVED_FROM:Atom.');
  }
  const page = await navigator.neighbours({ ...node, direction, type, neighbourLabel, after });
  for (const neighbour of page.items) output.line(neighbourLine(neighbour));
  output.line(`${page.items.length} shown.${page.next === null ? '' : ` Next page: --after ${page.next}`}`);
  output.document({ ok: true, ...page });
}

function neighbourLine({ id, properties, isPlaceholder, edge }: Neighbour): string {
  const own = isPlaceholder ? ' (not synced yet, or deleted)' : summary(properties, id);
  const relation = summary(edge, null);
  return `${id}${own}${relation === '' ? '' : `  [${relation.trim()}]`}`;
}

/** A few values in one line; ids of tenant and node are known already. */
function summary(properties: PropertyValues, id: bigint | string | null): string {
  return Object.entries(properties)
    .filter(([name, value]) => value !== null && value !== id && name !== 'tenantId')
    .map(([name, value]) => ` ${name}=${shown(value ?? null, 40)}`)
    .join('');
}

function shown(value: PropertyValue, most: number): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return `${value.length} numbers`;
  return typeof value === 'string' ? JSON.stringify(printable(value, most)) : String(value);
}
