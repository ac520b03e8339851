import { neo4jConnectionShape, sqlConnectionString } from '@hartonomous/config-loader';
import { embeddingShape } from '@hartonomous/embedding-settings';
import { apiRoles } from '@hartonomous/operations';
import { healthSection } from '@hartonomous/queue-worker';
import { z } from 'zod';

const apiSection = z
  .strictObject({
    /** Address to listen on. Anything but a loopback address offers the API to the network: put TLS in front of it. */
    Host: z.string().min(1).default('127.0.0.1'),
    /** TCP port; 0 takes a free one, which the log names. */
    Port: z.int().min(0).max(65_535).default(8080),
    /**
     * Connections to each of SQL Server and Neo4j. Too few: requests wait for each other. Too many: one API can take all that the
     * servers have for everybody. Where several tenants have keys, one tenant has at most half of them at work.
     */
    MaxConnections: z.int().min(2).max(200).default(20),
    /** Milliseconds for a query. Too short: deep lineage fails. Too long: a question that nobody waits for keeps a server busy. */
    QueryTimeoutMs: z.int().min(100).max(600_000).default(30_000),
    /** Seconds that a checked API key is trusted without asking SQL again, also one that has just been revoked. 0: each request asks. */
    KeyCacheSeconds: z.int().min(0).max(300).default(5),
    /** Requests of one tenant a minute; more are answered with 429. */
    RequestsPerMinute: z.int().min(1).max(1_000_000).default(1_200),
    /** Most bytes of a file. */
    MaxUploadBytes: z
      .int()
      .min(1)
      .max(2 ** 43)
      .default(268_435_456),
    /** Folder for uploads that can be resumed; they take the room of their bytes until all are there. Not set: one in the system's temporary folder. */
    UploadFolder: z.string().min(1).optional(),
    /** Hours that such an upload may take from its beginning. */
    UploadHours: z.number().positive().max(8_760).default(24),
    /**
     * Files that are taken in at a time; each takes a few MB of memory. More are answered with 503. Where several tenants have keys, one
     * gets another place only while it has fewer than are free, so at most half.
     */
    MaxUploads: z.int().min(1).max(1_000).default(20),
    /** Seconds that files wait before new ones are answered with 503: sending more would only make all wait longer. */
    MaxQueueAgeSeconds: z.int().min(1).max(604_800).default(600),
    /** Event streams and exports of provenance at a time, each of which holds a connection; shared as `MaxUploads`. More are answered with 503. */
    MaxStreams: z.int().min(1).max(10_000).default(100),
    /**
     * Seconds after which an event stream ends and its client must reconnect, so that a revoked key loses access. Too short: clients
     * reconnect all the time. Too long: a revoked key keeps reading.
     */
    MaxStreamSeconds: z.int().min(1).max(86_400).default(900),
    /** Milliseconds between two checks of both servers while nobody asks for anything. */
    ProbeIntervalMs: z.int().min(100).max(3_600_000).default(15_000),
    /** Milliseconds from SIGTERM to the end of the process, in which requests under way are finished. */
    StopDeadlineMs: z.int().min(3_000).max(600_000).default(20_000),
    /** Days that dbo.ApiAudit keeps its rows. */
    AuditRetentionDays: z.int().min(0).max(36_500).default(365),
    /** Folder with a folder per worker, whose releases are shown; it is only read. Not set: where `hartonomous release` has them. */
    ReleasesFolder: z.string().min(1).optional(),
    /** Minutes between two purges. */
    PurgeIntervalMinutes: z.number().positive().max(10_080).default(60),
  })
  .prefault({});

/** Only this machine may answer without TLS who somebody is. */
const identityAddress = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => text.startsWith('https:') || ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(text).hostname),
    'an address with https:',
  );

const entraSection = z
  .strictObject({
    /** Id of the directory whose tokens are taken. Not set: API keys alone are. */
    DirectoryId: z.guid().optional(),
    /** Ids of the API's registration that tokens are made for: its client id, and `api://...` for tokens of version 1. */
    Audiences: z.array(z.string().min(1)).default([]),
    /** Of the cloud; others have other ones. */
    Authority: identityAddress.default('https://login.microsoftonline.com'),
    /** Where the keys are. Not set: where the authority has those of the directory. */
    JwksUri: identityAddress.optional(),
    /** A scope that tokens of people must have. Not set: any. */
    Scope: z.string().min(1).optional(),
    /** Who has which role in which tenant; the first that fits counts, and whom none fits is refused. */
    Assignments: z
      .array(
        z.strictObject({
          /** `oid`: a person or a service; `groups`, `roles`: one of them; `appid`: an application, by its client id. */
          Claim: z.enum(['oid', 'groups', 'roles', 'appid']),
          Value: z.string().min(1),
          TenantId: z.int().min(0),
          Role: z.enum(apiRoles),
        }),
      )
      .default([]),
  })
  .refine(({ DirectoryId, Audiences }) => DirectoryId === undefined || Audiences.length > 0, {
    message: 'at least one: tokens for other APIs must not be taken',
    path: ['Audiences'],
  })
  .prefault({});

/** Settings of the API; keys as in the appsettings files of the workers. */
export const settingsSchema = z.object({
  ConnectionStrings: z.object({ HartonomousDb: sqlConnectionString() }),
  Neo4j: z.object(neo4jConnectionShape()),
  Api: apiSection,
  Entra: entraSection,
  /** Those of the generator, which may have more in it; they embed questions. */
  Embedding: z.object(embeddingShape).prefault({}),
  Health: healthSection(8084),
});

/** What {@link settingsSchema} gives. */
export type Settings = z.output<typeof settingsSchema>;
