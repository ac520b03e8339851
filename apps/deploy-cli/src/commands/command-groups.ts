import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';

/** Commands that are defined in one place, which is loaded when one of them is asked for. */
export interface CommandGroup {
  /** As the list of all commands shows them. */
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Loads what the commands need, and adds them. */
  readonly add: (program: Command, context: CommandContext) => Promise<void>;
}

/**
 * All commands, in the order of the list. Their modules load drivers and SDKs, which would take longer than everything that `--help`
 * and `config` do; so only this table is there at the start.
 */
export const commandGroups: readonly CommandGroup[] = [
  {
    commands: [{ name: 'api-key', description: 'keys for the HTTP API' }],
    add: async (program, context) => (await import('./api-key.ts')).addApiKeyCommands(program, context),
  },
  {
    commands: [{ name: 'completion', description: 'a script that completes commands and options in your shell' }],
    add: async (program, context) => {
      const { addCompletionCommand } = await import('./completion.ts');
      addCompletionCommand(program, context, () => allCommands(context));
    },
  },
  {
    commands: [{ name: 'database', description: 'the database of SQL Server' }],
    add: async (program, context) => (await import('./database-deploy.ts')).addDatabaseCommands(program, context),
  },
  {
    commands: [{ name: 'deadletter', description: 'messages that could not be processed' }],
    add: async (program, context) => (await import('./dead-letter.ts')).addDeadLetterCommands(program, context),
  },
  {
    commands: [
      {
        name: 'doctor',
        description: 'why does a worker get no messages, or the graph no changes? checks both ends; changes nothing',
      },
    ],
    add: async (program, context) => (await import('./doctor.ts')).addDoctorCommand(program, context),
  },
  {
    commands: [{ name: 'embeddings', description: 'vectors of atoms: models, jobs, coverage' }],
    add: async (program, context) => (await import('./embeddings.ts')).addEmbeddingCommands(program, context),
  },
  {
    commands: [{ name: 'graph', description: 'the graph in Neo4j' }],
    add: async (program, context) => (await import('./graph.ts')).addGraphCommands(program, context),
  },
  {
    commands: [{ name: 'ingest', description: 'enqueue files for ingestion; ces-consumer makes atoms of them' }],
    add: async (program, context) => (await import('./ingest.ts')).addIngestCommands(program, context),
  },
  {
    commands: [{ name: 'lineage', description: 'where an atom came from and what was made of it' }],
    add: async (program, context) => (await import('./lineage.ts')).addLineageCommand(program, context),
  },
  {
    commands: [
      { name: 'queue', description: 'queues of messages: what waits in them, and whether they are worked on' },
    ],
    add: async (program, context) => (await import('./queue.ts')).addQueueCommands(program, context),
  },
  {
    commands: [{ name: 'reconcile', description: 'compare the tables with the graph, and sync again what differs' }],
    add: async (program, context) => (await import('./reconcile.ts')).addReconcileCommand(program, context),
  },
  {
    commands: [{ name: 'release', description: 'releases of workers on this machine: deploy, list, roll back' }],
    add: async (program, context) => (await import('./release.ts')).addReleaseCommands(program, context),
  },
  {
    commands: [
      {
        name: 'schedule',
        description: 'recurring work: purge, reconcile, backfill, canary, self-repair',
      },
    ],
    add: async (program, context) => (await import('./schedule.ts')).addScheduleCommands(program, context),
  },
  {
    commands: [{ name: 'search', description: "find a tenant's atoms by the words of their text, best first" }],
    add: async (program, context) => (await import('./search.ts')).addSearchCommand(program, context),
  },
  {
    commands: [
      {
        name: 'similar',
        description: "find a tenant's atoms closest in meaning to an atom or a question, nearest first",
      },
    ],
    add: async (program, context) => (await import('./similar.ts')).addSimilarCommand(program, context),
  },
  {
    commands: [{ name: 'service', description: 'workers as services of this machine: systemd or Windows' }],
    add: async (program, context) => (await import('./service.ts')).addServiceCommands(program, context),
  },
  {
    commands: [
      { name: 'sql', description: 'run T-SQL on the database of the settings; reads only, unless told otherwise' },
      { name: 'cypher', description: 'run Cypher on the graph of the settings; reads only, unless told otherwise' },
    ],
    add: async (program, context) => (await import('./statements.ts')).addStatementCommands(program, context),
  },
  {
    commands: [{ name: 'tenant', description: 'tenants, to whom all other rows belong' }],
    add: async (program, context) => (await import('./tenant.ts')).addTenantCommands(program, context),
  },
  {
    commands: [{ name: 'verify', description: 'check that database and graph are as they should be; changes nothing' }],
    add: async (program, context) => (await import('./verify.ts')).addVerifyCommand(program, context),
  },
  {
    commands: [{ name: 'watch', description: 'watch queues and workers: what waits, how fast it drains, what fails' }],
    add: async (program, context) => (await import('./watch.ts')).addWatchCommand(program, context),
  },
  {
    commands: [
      {
        name: 'config',
        description: 'show, check and explain the configuration that the other commands use; secrets are never shown',
      },
    ],
    add: async (program, context) => (await import('./config.ts')).addConfigCommands(program, context),
  },
];

/**
 * Adds the commands that a command line names, and of the others what the list of commands needs.
 *
 * @param args of the command line. A word that is only the value of an option may be taken for a command, which costs time alone.
 */
export async function addCommands(program: Command, context: CommandContext, args: readonly string[]): Promise<void> {
  for (const { commands, add } of commandGroups) {
    if (commands.some(({ name }) => args.includes(name))) await add(program, context);
    else for (const { name, description } of commands) program.command(name).description(description);
  }
}

/** Every command with all of its subcommands and options, which takes as long as loading everything does. */
export async function allCommands(context: CommandContext): Promise<Command> {
  const program = new Command('hartonomous');
  for (const { add } of commandGroups) await add(program, context);
  return program;
}
