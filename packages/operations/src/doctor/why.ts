/** What follows from findings, by the beginnings of their ids. The longest that fits counts. */
const reasons: Readonly<Record<string, string>> = {
  'azure.agent': 'Without the agent there is no identity, and without an identity no setting comes from Azure.',
  'azure.host':
    'What has no route or no name from this machine can give no settings; a running worker keeps those it has.',
  'azure.role': 'Azure knows the identity but lets it read nothing: a worker that starts now ends at once.',
  'azure.secret': 'A setting that points to it has no value: a worker that starts now ends at once.',
  'azure.token': 'App Configuration and Key Vault accept no other proof of identity.',
  'broker.enabled': 'Messages stay in sys.transmission_queue, and workers wait for what never comes.',
  'broker.identifier': 'Only one of them can have its broker on.',
  'broker.leaks': 'Endpoints that nobody ends pile up in tempdb and the catalog until every SEND is slow.',
  'broker.owner': 'Procedures that end conversations run as that user.',
  'broker.transmission': 'What is in there has not reached its queue, and no worker can see it.',
  canary: 'It is what every change of an entity goes through.',
  'clock.graph': 'Times in the graph, and the validity of certificates and tokens, are judged by clocks.',
  'clock.sql':
    'Ages of messages, leases and retries are counted by the clock of SQL Server, and shown by that of this machine.',
  'database.auto-close': 'Nothing is delivered or activated while the database is closed.',
  'database.compatibility-level': 'Batches are read by OPENJSON, and plans of large ones depend on the level.',
  'database.full': 'When a file is full, nothing can be enqueued, received or logged.',
  'database.log-reuse':
    'A log that is never cut grows until its disk is full; then nothing can be enqueued or received.',
  'database.owner': 'Whatever is EXECUTE AS OWNER stops with an error.',
  'database.reachable': 'Nothing is received, and nothing enqueued, while it is so.',
  'database.read-committed-snapshot': 'Readers and writers of the same rows wait for each other.',
  'disk.': 'Files are kept there while they are ingested; without room they wait.',
  'embeddings.dimension': 'Vectors of another length are refused: no atom gets one, and no question is answered.',
  'embeddings.latency': 'Every question waits for a call.',
  'embeddings.provider': 'No atom gets a vector, and questions in words are not answered.',
  'graph.connection': 'No change reaches the graph; messages wait.',
  'graph.item': 'Without it entities can be there twice, or each batch reads the whole graph.',
  'graph.migration': 'The graph is not as this version of the worker expects it.',
  'graph.reachable': 'No change reaches the graph; messages wait.',
  'graph.rights': 'Each batch would fail at its first write, and its messages end as dead letters or wait.',
  'graph.same': 'Changes go to a graph that nobody reads.',
  'graph.schema': 'The sync relies on it.',
  'graph.sequence': 'The graph takes changes for old ones and leaves them out.',
  'ingestion.lost-jobs': 'These files are never ingested.',
  'ingestion.unfinished-documents': 'Searches find half of the document.',
  'ingestion.waiting-files': 'These files wait, and nobody comes.',
  'lock.schema': 'Behind a session that waits for a schema lock, every SEND and RECEIVE of the queue waits too.',
  'log.retention':
    'The log grows, and with it the database; dead letters and finished jobs are purged by the same clock.',
  'migration.changed': 'The state of the database is unknown: the migration of that number did something else.',
  'migration.pending': 'Workers of this version expect what the migration brings.',
  'migration.unknown': 'The database is newer than this program, which can neither deploy to it nor judge it.',
  object:
    'The database is not as the workers of this version expect it: what uses it fails, or does what it did before.',
  permission: 'The worker stops at the first message that needs it.',
  'queue.dead-letters': 'Each is a change that the graph lacks, or a file that was not ingested.',
  'queue.depth': 'What is enqueued now is processed after all of it.',
  'queue.leaked': 'Endpoints that nobody ends pile up until the database is slow.',
  'queue.mode': "Messages go to a reader that doesn't bring them to the graph, or workers' answers go nowhere.",
  'queue.receive': 'A worker with this login gets nothing.',
  'queue.size': 'RECEIVE walks what is left of the messages that are gone.',
  'queue.status': 'SEND to it waits in sys.transmission_queue, and RECEIVE from it fails.',
  'queue.waiting': 'Changes are late, or stand still.',
  role: 'Every worker whose login is in the role lacks it.',
  'schedule.failed': 'What it is for was not done, or it found something wrong.',
  'schedule.overdue': 'What it is for is not done.',
  'settings.valid': 'A worker with these settings ends at once.',
  'settings.warning': 'The settings may not be those that were meant.',
  'version.worker':
    'Fixes of the newer one are missing in the older one; a worker needs the database of its version or a newer one.',
  'worker.dependency': 'It takes no messages while it is so.',
  'worker.health': 'No worker takes the messages of these settings.',
  'worker.other-program': 'Monitors that poll this port see another program.',
  'worker.warning': 'It can work, but something keeps messages from arriving.',
};

const longestFirst = Object.keys(reasons).sort((a, b) => b.length - a.length);

/** Why a finding with this id matters; null where its message says so. */
export function whyOf(id: string): string | null {
  const key = longestFirst.find((beginning) => id.startsWith(beginning));
  return key === undefined ? null : (reasons[key] ?? null);
}
