import {
  createLineageReader,
  defaultDepth,
  type LineageReader,
  maxDepth,
  maxLimit,
  type OrphanKind,
  orphanKinds,
} from '@hartonomous/graph-sync';
import { openGraph } from '@hartonomous/operations';
import { type Command, Option } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  type Answer,
  type AtomQuestion,
  answerDuplicatesOf,
  answerImpact,
  answerList,
  answerMergeSources,
  answerOperations,
  answerPath,
  answerTree,
} from '../lineage/answer.ts';
import { dot } from '../lineage/dot.ts';
import { mermaid } from '../lineage/mermaid.ts';
import {
  answerCycles,
  answerDuplicates,
  answerInference,
  answerOrphans,
  answerStatistics,
} from '../lineage/tenant-answer.ts';
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

interface LineageOptions extends CommonOptions {
  readonly tenant: string;
  readonly depth?: string;
  readonly limit?: string;
  readonly after?: string;
  readonly format: Format;
  readonly timeout?: string;
  readonly pathTo?: string;
  readonly inference?: string;
  readonly orphans?: OrphanKind | true;
}

const formats = ['table', 'json', 'mermaid', 'dot'] as const;
type Format = (typeof formats)[number];

/** What can be asked of an atom, by option. */
const atomQuestions = [
  ...['tree', 'up', 'down', 'roots', 'leaves', 'pathTo'],
  ...['mergeSources', 'sameContent', 'impact', 'operations'],
] as const;
/** What can be asked without one. */
const otherQuestions = ['stats', 'duplicates', 'cycles', 'orphans', 'inference'] as const;

type Question = (typeof atomQuestions)[number] | (typeof otherQuestions)[number];

/** Questions that have no use for an option; it would be read as a promise that isn't kept. */
const useless: Readonly<Record<'depth' | 'limit' | 'after', readonly Question[]>> = {
  depth: ['mergeSources', 'sameContent', ...otherQuestions],
  limit: ['pathTo', 'stats', 'inference'],
  after: ['tree', 'pathTo', 'impact', 'stats', 'inference'],
};

/** Adds `lineage`. */
export function addLineageCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(program.command('lineage').argument('[atom]', 'id of the atom')))
    .description('where an atom came from and what was made of it')
    .option('--tree', 'both directions as a tree (what you get without an option)')
    .option('--up', 'the atoms that it was made from')
    .option('--down', 'the atoms that were made from it')
    .option('--roots', 'the sources: of all before it, those that were made from nothing')
    .option('--leaves', 'the results: of all after it, those from which nothing was made')
    .option('--path-to <atom>', 'the shortest way to another atom')
    .option('--merge-sources', 'the atoms that were merged into it')
    .option('--same-content', 'the other atoms with the same content hash')
    .option('--impact', 'what would lose its provenance if it were deleted')
    .option('--operations', 'what was done to make it and the atoms before it, and by whom')
    .option('--inference <id>', 'explain an inference (no atom)')
    .option('--stats', 'figures about the whole tenant (no atom)')
    .option('--duplicates', 'atoms of equal content in the tenant (no atom)')
    .option('--cycles', 'atoms that are their own ancestors; there should be none (no atom)')
    .addOption(
      new Option('--orphans [kind]', 'atoms without any lineage, or placeholders (no atom)').choices(orphanKinds),
    )
    .option('--tenant <id>', 'nothing of any other tenant is read', '0')
    .option('--depth <steps>', `most steps from the atom, 1 to ${maxDepth} (default ${defaultDepth})`)
    .option('--limit <number>', `most atoms that are shown, 1 to ${maxLimit} (default 100; --impact 20)`)
    .option('--after <cursor>', 'the next page of a list')
    .option('--timeout <seconds>', 'longest time for the query, 1 to 3600 (default 30)')
    .addOption(
      new Option(
        '--format <format>',
        'json is the same as --json; mermaid and dot draw --tree, --up, --down, --path-to',
      )
        .choices(formats)
        .default('table'),
    )
    .addHelpText(
      'after',
      `
Ids in JSON are texts, because JSON's numbers don't hold them. Exit code 0: answered; 1: there is no such atom, no path,
or a cycle was found; 2: wrong command line or configuration; 3: Neo4j can't be reached or refuses the login.

Examples:
  hartonomous lineage 12345
  hartonomous lineage 12345 --up --depth 3 --tenant 7
  hartonomous lineage 12345 --path-to 17
  hartonomous lineage 12345 --tree --format dot | dot -Tsvg > lineage.svg
  hartonomous lineage 12345 --impact --json
  hartonomous lineage --cycles`,
    )
    .action(async (atom: string | undefined, options: LineageOptions) => {
      const isJson = options.json === true || options.format === 'json';
      const { output, settings } = await startCommand(context, { ...options, ...(isJson ? { json: true } : {}) });
      const ask = questionOf(atom, options, context.signal);
      const seconds = optionalWholeNumber('--timeout', options.timeout, 1, 3600);
      await using graph = await openGraph(graphConnection(settings.get(graphSettingsSchema)), context.signal);
      const reader = createLineageReader(graph, seconds === undefined ? {} : { timeoutMs: seconds * 1000 });
      const answer = await ask(reader);
      show(output, answer, isJson ? 'json' : options.format);
      context.finish(answer.isFine === false ? exitCodes.failed : exitCodes.done);
    });
}

/** Reads the whole command line before anything is connected to. */
function questionOf(
  atom: string | undefined,
  options: LineageOptions,
  signal: AbortSignal,
): (reader: LineageReader) => Promise<Answer> {
  const isAsked = (name: string) => Reflect.get(options, name) !== undefined;
  const asked = [...atomQuestions, ...otherQuestions].filter(isAsked);
  const [question = 'tree', second] = asked;
  if (second !== undefined)
    throw new UsageError('Only one question at a time.', `Give one of the options ${flags(asked)}.`);
  const needsAtom = atomQuestions.some((name) => name === question);
  if (needsAtom !== (atom !== undefined)) {
    throw needsAtom
      ? new UsageError(
          'Say which atom.',
          'Give its id, or ask about the tenant: --stats, --duplicates, --cycles, --orphans.',
        )
      : new UsageError(`${flags([question])} is not about one atom.`, 'Leave the id out.');
  }
  const isDrawn = options.format === 'mermaid' || options.format === 'dot';
  for (const name of ['depth', 'limit', 'after'] as const) {
    if (options[name] === undefined) continue;
    if (useless[name].includes(question) || (name === 'after' && isDrawn)) {
      throw new UsageError(
        `--${name} means nothing with ${isDrawn ? 'a drawing' : flags([question])}.`,
        'Leave it out.',
      );
    }
  }
  const draws = ['tree', 'up', 'down', 'pathTo'].includes(question);
  if (!draws && isDrawn) {
    throw new UsageError(`${flags([question])} can't be drawn.`, 'Use --format table or json.');
  }
  const tenantId = tenantNumber(options.tenant);
  const limit = optionalWholeNumber('--limit', options.limit, 1, maxLimit);
  const depth = optionalWholeNumber('--depth', options.depth, 1, maxDepth);
  const ofTenant = { tenantId, limit, after: options.after, signal };
  const ofAtom: AtomQuestion = { ...ofTenant, depth, atomId: atom === undefined ? 0n : bigIntId(atom) };
  const toAtomId = options.pathTo === undefined ? 0n : bigIntId(options.pathTo);
  const inferenceId = options.inference === undefined ? 0n : bigIntId(options.inference);
  const kind = options.orphans === undefined || options.orphans === true ? 'unlinked' : options.orphans;
  const answers: Readonly<Record<typeof question, (reader: LineageReader) => Promise<Answer>>> = {
    tree: (reader) => answerTree(reader, 'both', ofAtom),
    up: (reader) => (isDrawn ? answerTree(reader, 'up', ofAtom) : answerList(reader, 'ancestors', ofAtom)),
    down: (reader) => (isDrawn ? answerTree(reader, 'down', ofAtom) : answerList(reader, 'descendants', ofAtom)),
    roots: (reader) => answerList(reader, 'roots', ofAtom),
    leaves: (reader) => answerList(reader, 'leaves', ofAtom),
    pathTo: (reader) => answerPath(reader, toAtomId, ofAtom),
    mergeSources: (reader) => answerMergeSources(reader, ofAtom),
    sameContent: (reader) => answerDuplicatesOf(reader, ofAtom),
    impact: (reader) => answerImpact(reader, ofAtom),
    operations: (reader) => answerOperations(reader, ofAtom),
    stats: (reader) => answerStatistics(reader, ofTenant),
    duplicates: (reader) => answerDuplicates(reader, ofTenant),
    cycles: (reader) => answerCycles(reader, ofTenant),
    orphans: (reader) => answerOrphans(reader, kind, ofTenant),
    inference: (reader) => answerInference(reader, inferenceId, ofTenant),
  };
  return answers[question];
}

function show(output: Output, { document, lines, drawing, notes = [], isFine = true }: Answer, format: Format): void {
  if (drawing !== undefined && (format === 'mermaid' || format === 'dot')) {
    const { draw, comment } = { mermaid: { draw: mermaid, comment: '%%' }, dot: { draw: dot, comment: '//' } }[format];
    for (const note of notes) output.line(`${comment} ${note}`);
    for (const line of draw(drawing)) output.line(line);
  } else for (const line of [...lines, ...notes]) output.line(line);
  output.document({ ok: isFine, ...document });
}

function flags(names: readonly string[]): string {
  return names.map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`).join(', ');
}
