import type { EndpointRow } from '../../broker/broker-views.ts';
import { maximumLifetimeSeconds } from '../../broker/dialogs.ts';
import { closedRetentionMs } from '../../broker/endpoint-deadlines.ts';
import type { Database } from '../server/database.ts';
import { bit, defineView, type SystemView, viewTime } from './define-view.ts';
import { seesConversations } from './visible.ts';

/** What `lifetime` shows for the default LIFETIME of 2147483647 seconds: counted from the present. */
function lifetime(expiresAt: number): bigint {
  return viewTime(Number.isFinite(expiresAt) ? expiresAt : Date.now() + maximumLifetimeSeconds * 1000);
}

/** Date that stands for "not set". */
const unset = viewTime(Date.UTC(1900, 0, 1));
const noGuid = '00000000-0000-0000-0000-000000000000';

function endpointValues(endpoint: EndpointRow, database: Database) {
  return {
    conversation_handle: endpoint.conversationHandle,
    conversation_id: endpoint.conversationId,
    is_initiator: bit(endpoint.isInitiator),
    service_contract_id: endpoint.serviceContractId,
    conversation_group_id: endpoint.conversationGroupId,
    service_id: endpoint.serviceId,
    lifetime: lifetime(endpoint.lifetime),
    state: endpoint.state,
    state_desc: endpoint.stateDescription,
    far_service: endpoint.farService,
    far_broker_instance: endpoint.farBrokerInstance ?? null,
    principal_id: database.broker.serviceOfConversation(endpoint.conversationHandle)?.ownerId ?? 1,
    far_principal_id: -1,
    outbound_session_key_identifier: noGuid,
    inbound_session_key_identifier: noGuid,
    security_timestamp: endpoint.closedAt === undefined ? unset : viewTime(endpoint.closedAt + closedRetentionMs),
    dialog_timer: endpoint.dialogTimer === undefined ? unset : viewTime(endpoint.dialogTimer),
    send_sequence: BigInt(endpoint.sendSequence),
    end_dialog_sequence: -1n,
    receive_sequence: BigInt(endpoint.receiveSequence),
    receive_sequence_frag: 0,
    system_sequence: 0n,
    first_out_of_order_sequence: -1n,
    last_out_of_order_sequence: -1n,
    last_out_of_order_frag: -1,
    is_system: 0,
    priority: endpoint.priority,
  };
}

export const conversationViews: readonly SystemView[] = [
  defineView(
    'sys',
    'conversation_endpoints',
    {
      conversation_handle: 'guid',
      conversation_id: 'guid',
      is_initiator: 'tinyint',
      service_contract_id: 'int',
      conversation_group_id: 'guid',
      service_id: 'int',
      lifetime: 'datetime',
      state: 'char2',
      state_desc: 'description',
      far_service: 'farService',
      far_broker_instance: 'name',
      principal_id: 'int',
      far_principal_id: 'int',
      outbound_session_key_identifier: 'guid',
      inbound_session_key_identifier: 'guid',
      security_timestamp: 'datetime',
      dialog_timer: 'datetime',
      send_sequence: 'bigint',
      last_send_tran_id: 'bytes',
      end_dialog_sequence: 'bigint',
      receive_sequence: 'bigint',
      receive_sequence_frag: 'int',
      system_sequence: 'bigint',
      first_out_of_order_sequence: 'bigint',
      last_out_of_order_sequence: 'bigint',
      last_out_of_order_frag: 'int',
      is_system: 'bit',
      priority: 'tinyint',
    },
    function* (database, session, read) {
      if (!seesConversations(database, session)) return;
      for (const endpoint of database.broker.endpoints(session.transactions.current, read)) {
        yield endpointValues(endpoint, database);
      }
    },
    {
      column: 'conversation_handle',
      *rows(database, session, handle, read) {
        if (!seesConversations(database, session)) return;
        const endpoint = database.broker.endpoint(String(handle), session.transactions.current, read);
        if (endpoint !== undefined) yield endpointValues(endpoint, database);
      },
    },
  ),
  defineView(
    'sys',
    'conversation_groups',
    { conversation_group_id: 'guid', service_id: 'int', is_system: 'bit' },
    function* (database, session) {
      if (!seesConversations(database, session)) return;
      for (const group of database.broker.groups(session.transactions.current)) {
        yield { conversation_group_id: group.conversationGroupId, service_id: group.serviceId, is_system: 0 };
      }
    },
  ),
  defineView(
    'sys',
    'transmission_queue',
    {
      conversation_handle: 'guid',
      to_service_name: 'farService',
      to_broker_instance: 'name',
      from_service_name: 'farService',
      service_contract_name: 'farService',
      enqueue_time: 'datetime',
      message_sequence_number: 'bigint',
      message_type_name: 'farService',
      is_conversation_error: 'bit',
      is_end_of_dialog: 'bit',
      message_body: 'bytes',
      transmission_status: 'text',
      priority: 'tinyint',
    },
    function* (database, session) {
      if (!seesConversations(database, session)) return;
      for (const row of database.broker.transmissionQueue(session.transactions.current)) {
        yield {
          conversation_handle: row.conversationHandle,
          to_service_name: row.toServiceName,
          to_broker_instance: row.toBrokerInstance ?? null,
          from_service_name: row.fromServiceName,
          service_contract_name: row.serviceContractName,
          enqueue_time: viewTime(row.enqueuedAt),
          message_sequence_number: BigInt(row.messageSequenceNumber),
          message_type_name: row.messageTypeName,
          is_conversation_error: bit(row.isConversationError),
          is_end_of_dialog: bit(row.isEndOfDialog),
          message_body: row.body,
          transmission_status: row.transmissionStatus,
          priority: row.priority,
        };
      }
    },
  ),
];
