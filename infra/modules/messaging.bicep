// Service Bus: three queues of work, and one of events for when Event Grid delivers to a queue.

param token string
param location string
param tags object

@description('Private endpoints need the Premium tier.')
param private bool

@description('Event Grid delivers to the queue of events.')
param queueEvents bool

@description('Lets the scale controller read the length of queues: needs Data Owner.')
param fastScale bool

param appPrincipalId string
param eventsPrincipalId string
param logsId string

var roles = loadJsonContent('../roles.json')
var definitions = 'Microsoft.Authorization/roleDefinitions'
var tier = private ? 'Premium' : 'Standard'

// The same as local/queues.json; a test compares them
var queueSettings = {
  lockDuration: 'PT5M'
  maxDeliveryCount: 10
  defaultMessageTimeToLive: 'P7D'
  deadLetteringOnMessageExpiration: true
  requiresDuplicateDetection: true
  duplicateDetectionHistoryTimeWindow: 'PT10M'
}
var workQueues = ['jobs-urgent', 'jobs-bulk', 'alerts']
var eventsQueue = 'events'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-pullwatch-${token}'
  location: location
  tags: tags
  sku: { name: tier, tier: tier, capacity: private ? 1 : null }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
  }
}

// Event Grid has no private endpoint: it comes as a trusted service
resource network 'Microsoft.ServiceBus/namespaces/networkRuleSets@2024-01-01' = if (private) {
  parent: namespace
  name: 'default'
  properties: {
    publicNetworkAccess: 'Disabled'
    defaultAction: 'Deny'
    trustedServiceAccessEnabled: true
  }
}

resource work 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for name in workQueues: {
    parent: namespace
    name: name
    properties: queueSettings
  }
]

resource events 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: eventsQueue
  properties: queueSettings
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in workQueues: {
    name: guid(work[i].id, appPrincipalId, roles.serviceBusSender)
    scope: work[i]
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, roles.serviceBusSender)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, i) in workQueues: {
    name: guid(work[i].id, appPrincipalId, roles.serviceBusReceiver)
    scope: work[i]
    properties: {
      roleDefinitionId: subscriptionResourceId(definitions, roles.serviceBusReceiver)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource receiveEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (queueEvents) {
  name: guid(events.id, appPrincipalId, roles.serviceBusReceiver)
  scope: events
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.serviceBusReceiver)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Event Grid needs two roles: this one, and Blob Data Contributor on the dead letters' container
resource sendEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (queueEvents) {
  name: guid(events.id, eventsPrincipalId, roles.serviceBusSender)
  scope: events
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.serviceBusSender)
    principalId: eventsPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource own 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (fastScale) {
  name: guid(namespace.id, appPrincipalId, roles.serviceBusOwner)
  scope: namespace
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.serviceBusOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'pullwatch'
  scope: namespace
  properties: {
    workspaceId: logsId
    logs: [{ category: 'OperationalLogs', enabled: true }]
  }
}

output id string = namespace.id
output name string = namespace.name
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
output eventsQueueId string = events.id
output queueNames object = {
  urgent: workQueues[0]
  bulk: workQueues[1]
  alerts: workQueues[2]
  events: eventsQueue
}
