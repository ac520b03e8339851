/**
 * `expand`: leaves old and new programs working side by side and drops nothing that holds data; a deployment runs it.
 * `contract`: takes away what only old programs used. A deployment never runs it: it has a command of its own.
 */
export type DatabaseMigrationClass = 'expand' | 'contract';

/**
 * When a deployment runs it. `before` the objects are created and extended: what the new form of a table needs, such as
 * data that a new rule lets in, or a CHECK with another text. `after` them: what needs new columns or procedures, and
 * dropping a constraint that the project no longer has (SqlPackage has made its plan before any script runs and drops it
 * too; a script that came first would make that fail).
 */
export type DatabaseMigrationPhase = 'before' | 'after';

/** A difference between the project and databases that haven't had the migration, in the words that report it. */
export interface SettledDifference {
  /** For example `table dbo.Atom`. */
  readonly object: string;
  /** For example `constraint CK_Atom_SyncType` or `column Embedding`. */
  readonly what: string;
}

/** A change of databases that an older version of the project has made, beyond creating and adding what is missing. */
export interface DatabaseMigration {
  /** Consecutive, from 1. */
  readonly number: number;
  /** A few words, as in the name of its file. */
  readonly name: string;
  readonly class: DatabaseMigrationClass;
  readonly phase: DatabaseMigrationPhase;
  /** What it changes and why, in one sentence; may be reworded later. */
  readonly description: string;
  /**
   * Path below the project's root. The script is never changed once released: databases that have had it would not get
   * the change. It may run again at any time, after a crash anywhere in it too, finds out by itself whether there is
   * anything to do, and leaves no transaction open. SqlPackage runs it at every publish.
   */
  readonly path: string;
  /**
   * What it makes equal: no reason for a deployment to stop as long as the migration is to come. What one of class `contract` has
   * taken away is not added again by a deployment, though the project still has it for databases with older programs.
   */
  readonly settles: readonly SettledDifference[];
  /** A column that its script reads, and that a later migration takes away: without it there is nothing to do. */
  readonly needs?: { readonly table: string; readonly column: string };
}

type Declaration = Omit<DatabaseMigration, 'number' | 'path'>;

/** All migrations, oldest first; a new one goes to the end. */
const declarations: readonly Declaration[] = [
  {
    name: 'atom-sync-type-is-a-word',
    class: 'expand',
    phase: 'before',
    description: 'dbo.Atom.SyncType takes any word, not only CREATE, UPDATE and DELETE.',
    settles: [{ object: 'table dbo.Atom', what: 'constraint CK_Atom_SyncType' }],
  },
  {
    name: 'legacy-embeddings',
    class: 'expand',
    phase: 'after',
    description: 'dbo.AtomEmbedding has the values of dbo.Atom.Embedding, as the model legacy-384.',
    settles: [],
    needs: { table: 'dbo.Atom', column: 'Embedding' },
  },
  {
    name: 'documents-are-complete',
    class: 'expand',
    phase: 'after',
    description: 'Files that were ingested before dbo.IngestedDocument are COMPLETE in it.',
    settles: [],
  },
  {
    name: 'documents-supersede',
    class: 'expand',
    phase: 'before',
    description: 'dbo.AtomProvenance.RelationType may be SUPERSEDES.',
    settles: [{ object: 'table dbo.AtomProvenance', what: 'constraint CK_AtomProvenance_RelationType' }],
  },
  {
    name: 'jobs-have-notes',
    class: 'expand',
    phase: 'after',
    description: 'Rows of dbo.IngestionJob have the notes of their documents in columns of their own.',
    settles: [],
  },
  {
    name: 'atom-embedding-goes',
    class: 'contract',
    phase: 'after',
    description: 'dbo.Atom has no Embedding any more: its values are in dbo.AtomEmbedding, as the model legacy-384.',
    settles: [
      { object: 'table dbo.Atom', what: 'column Embedding' },
      { object: 'table dbo.Atom', what: 'constraint CK_Atom_Embedding' },
    ],
  },
];

/** See {@link DatabaseMigration}; numbered by their place. */
export const databaseMigrations: readonly DatabaseMigration[] = declarations.map((declaration, index) => ({
  ...declaration,
  number: index + 1,
  path: `Scripts/Migrations/${fileNumber(index + 1)}-${declaration.name}.sql`,
}));

function fileNumber(number: number): string {
  return String(number).padStart(4, '0');
}
