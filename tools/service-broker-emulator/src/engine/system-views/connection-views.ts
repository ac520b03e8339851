import { arch, platform, release, type as systemName } from 'node:os';
import { defineView, type SystemView, viewTime } from './define-view.ts';

const architectures: Readonly<Partial<Record<string, string>>> = { x64: 'X64', arm64: 'ARM64' };

/** Connections and the machine. What nobody counts here is NULL: packets and the times of the last ones. */
export const connectionViews: readonly SystemView[] = [
  defineView(
    'sys',
    'dm_exec_connections',
    {
      session_id: 'int',
      most_recent_session_id: 'int',
      connect_time: 'datetime',
      net_transport: 'name',
      protocol_type: 'name',
      protocol_version: 'int',
      endpoint_id: 'int',
      encrypt_option: 'name',
      auth_scheme: 'name',
      node_affinity: 'smallint',
      num_reads: 'int',
      num_writes: 'int',
      last_read: 'datetime',
      last_write: 'datetime',
      net_packet_size: 'int',
      client_net_address: 'address',
      client_tcp_port: 'int',
      local_net_address: 'address',
      local_tcp_port: 'int',
      connection_id: 'guid',
      parent_connection_id: 'guid',
      most_recent_sql_handle: 'bytes',
    },
    function* (_database, reading) {
      for (const { core } of reading.server.sessions.values()) {
        const { connection } = core.identity;
        if (connection === undefined) continue;
        yield {
          session_id: core.sessionId,
          most_recent_session_id: core.sessionId,
          connect_time: viewTime(core.loginTime),
          net_transport: 'TCP',
          protocol_type: 'TSQL',
          protocol_version: connection.protocolVersion,
          endpoint_id: 4,
          encrypt_option: connection.encrypted ? 'TRUE' : 'FALSE',
          auth_scheme: 'SQL',
          node_affinity: 0,
          net_packet_size: connection.packetSize,
          client_net_address: connection.clientAddress,
          client_tcp_port: connection.clientPort,
          local_net_address: connection.localAddress,
          local_tcp_port: connection.localPort,
        };
      }
    },
    undefined,
    'VIEW SERVER STATE',
  ),
  defineView(
    'sys',
    'dm_os_host_info',
    {
      host_platform: 'text256',
      host_distribution: 'text256',
      host_release: 'text256',
      host_service_pack_level: 'text256',
      host_sku: 'int',
      os_language_version: 'int',
      host_architecture: 'text256',
    },
    function* () {
      yield {
        host_platform: platform() === 'win32' ? 'Windows' : 'Linux',
        host_distribution: systemName(),
        host_release: release(),
        host_service_pack_level: '',
        os_language_version: 0,
        host_architecture: architectures[arch()] ?? arch(),
      };
    },
    undefined,
    'VIEW SERVER STATE',
  ),
];
