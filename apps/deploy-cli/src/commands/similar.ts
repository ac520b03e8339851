import { findSimilar, openGraph, type SimilarTo } from '@hartonomous/operations';
import { dataClassifications, modelKeySchema } from '@hartonomous/provenance-schema';
import { type Command, Option } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { UsageError } from '../errors.ts';
import { describeAtom } from '../lineage/drawing.ts';
import { embeddingSettingsSchema, graphSettingsSchema } from '../options.ts';
import { bigIntId, fraction, tenantNumber, wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withGraphOptions,
} from './command-context.ts';
import { foundAtomLine } from './found-atom-line.ts';

interface SimilarOptions extends CommonOptions {
  readonly tenant: string;
  readonly top: string;
  readonly limit?: string;
  readonly minScore?: string;
  readonly model?: string;
  readonly hybrid?: boolean;
  readonly lineage?: boolean;
  readonly classification?: 'public' | 'internal' | 'confidential' | 'restricted';
}

const mostResults = 1_000;
const mostQuestion = 2_000;
/** Ancestors of a result that are shown. */
const shownAncestors = 10;

/** Adds `similar`. */
export function addSimilarCommand(program: Command, context: CommandContext): void {
  withCommonOptions(withGraphOptions(program.command('similar <what>')))
    .description("find a tenant's atoms closest in meaning to an atom or a question, nearest first")
    .option('--tenant <id>', 'whose atoms', '0')
    .option('--top <number>', `most results, 1 to ${mostResults}`, '20')
    .addOption(new Option('--limit <number>', 'as --top').hideHelp())
    .option('--min-score <number>', '0 (opposite) to 1 (the same); 0.5 is unrelated (default: 0)')
    .option('--model <key>', 'whose vectors (default: the model that searches read; see embeddings status)')
    .option('--hybrid', 'search by words, too, and merge both results by rank')
    .option('--lineage', 'show what each result was made from')
    .addOption(
      new Option(
        '--classification <level>',
        'how sensitive the question is (default: setting Embedding:Unclassified)',
      ).choices([...dataClassifications]),
    )
    .addHelpText(
      'after',
      `
A number is the id of an atom; anything else is a question. A question is embedded by the provider of the section Embedding of the
settings, which must be the generator's. A confidential or restricted question goes to no provider outside of the house.
Scores can be compared within one model only; those of --hybrid within one search only.

Examples:
  hartonomous similar 12345
  hartonomous similar 'How are leases renewed?' --top 5 --lineage
  hartonomous similar 'lease token' --hybrid --tenant 7 --json
  hartonomous similar 12345 --model bge_m3 --min-score 0.8`,
    )
    .action(async (what: string, options: SimilarOptions) => {
      const tenantId = tenantNumber(options.tenant);
      const top = wholeNumber('--top', options.limit ?? options.top, 1, mostResults);
      const isHybrid = options.hybrid === true;
      if (isHybrid && options.minScore !== undefined) {
        throw new UsageError(
          '--min-score and --hybrid do not go together.',
          'Scores of --hybrid are made of places: leave one of them out.',
        );
      }
      const minimumScore = options.minScore === undefined ? undefined : fraction('--min-score', options.minScore);
      const to = targetOf(what, options);
      const { model: modelKey } = options;
      if (modelKey !== undefined && !modelKeySchema.safeParse(modelKey).success) {
        throw new UsageError(`${JSON.stringify(modelKey)} is not a model key.`, 'See hartonomous embeddings status.');
      }
      const { output, settings } = await startCommand(context, options);
      await using graph = await openGraph(graphConnection(settings.get(graphSettingsSchema)), context.signal);
      const { model, atoms } = await findSimilar(
        graph,
        {
          ...{ to, tenantId, top, minimumScore, modelKey, isHybrid },
          ancestors: options.lineage === true ? shownAncestors : 0,
          settings: () => settings.get(embeddingSettingsSchema).Embedding,
        },
        context.signal,
      );
      for (const atom of atoms) {
        output.line(foundAtomLine(atom));
        if ('textRank' in atom) {
          output.verbose(`words: ${atom.textRank ?? 'not found'}, meaning: ${atom.vectorRank ?? 'not found'}`);
        }
        for (const ancestor of atom.ancestors ?? []) output.detail(`from ${describeAtom(ancestor)}`);
      }
      const shown = to.kind === 'atom' ? `atom ${to.id}` : JSON.stringify(to.text);
      if (atoms.length === 0) output.line(`Nothing was found for ${shown}.`);
      output.document({ ok: true, model: model?.key ?? null, atoms });
    });
}

/** @throws UsageError */
function targetOf(what: string, { classification }: SimilarOptions): SimilarTo {
  if (/^-?\d+$/.test(what)) {
    if (classification !== undefined) {
      throw new UsageError('--classification is for questions.', 'Leave it out: an atom is in the graph already.');
    }
    return { kind: 'atom', id: bigIntId(what, 'the id of an atom', 'Take one from dbo.Atom or from search.') };
  }
  if (!/[\p{L}\p{N}]/u.test(what) || what.length > mostQuestion) {
    throw new UsageError(
      'The question has no letter and no digit, or is longer than 2000 characters.',
      'Ask with some words, or give the id of an atom.',
    );
  }
  return { kind: 'question', text: what, classification };
}
