// Pullwatch in one subscription: `azd up`. What may be set: infra/main.bicepparam.
//
// Nothing here goes into another resource group than its own: `azd down` deletes every resource
// group that a deployment put something into. What belongs beside a registry is deployed by hooks.
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Name of the azd environment; it seeds the names of all resources.')
param environmentName string

@minLength(1)
@description('Region.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Registries: [{ id, loginServer, location, abac, topicName, topicGroup, createTopic, ownTopic }], as the preprovision hook finds them.')
param registries array

@description('Ids of the subscriptions whose workloads are watched.')
param subscriptions array

@allowed(['function', 'serviceBus'])
@description('How events come: Event Grid calls a function, or puts them on a queue.')
param eventDelivery string = 'function'

@description('Storage, Service Bus and vault behind private endpoints.')
param private bool = false

@description('Address space of the network that is made for private endpoints.')
param addressPrefix string = '10.40.0.0/26'

@description('Of it, what the app goes out through: a /27 or larger.')
param appPrefix string = '10.40.0.0/27'

@description('Of it, where private endpoints are: one address each, and more for a registry.')
param endpointsPrefix string = '10.40.0.32/27'

@description('A subnet of yours that the app goes out through, instead of a network of its own.')
param appSubnetId string = ''

@description('Registries that get a private endpoint in that network: their resource ids.')
param privateRegistries array = []

@description('Whether the HTTP surface is reachable from the internet; events by function need it.')
param publicAccess bool = true

@description('Where operational alerts go; empty for nobody.')
param alertEmail string = ''

@description('Days of logs.')
@minValue(30)
@maxValue(730)
param retentionDays int = 90

@description('GB of logs a day, at most; -1 for no cap.')
param dailyCapGB int = 1

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@minValue(0)
@maxValue(10)
@description('Instances that are always there for events and urgent jobs.')
param alwaysReady int = 0

@description('Spread instances over zones, where the region has them.')
param zoneRedundant bool = false

@description('Scale by the length of queues: gives the app Data Owner of its Service Bus namespace.')
param serviceBusFastScale bool = false

@description('Settings whose values are in the vault, such as TEAMS_WEBHOOK_URL.')
param secretSettings array = []

@description('Any other settings of the app (README.md), by name.')
param settings object = {}

param sweepSchedule string = '0 0 2 * * *'
param watchSchedule string = '0 */5 * * * *'

@description('Send mail through a Communication Services resource that is made for it.')
param communicationMail bool = false

@description('Where that mail is at rest.')
param mailDataLocation string = 'Europe'

@description('Receivers of mail, separated by commas.')
param mailTo string = ''

@description('Address people reach the dashboard at, if not the app\'s own.')
param publicUrl string = ''

@allowed(['off', 'lock'])
@description('Lock deployed images that a clean-up visits, which gives the app the right to lock: it can write nothing else.')
param protectMode string = 'off'

@description('Release own locks once an image is no longer deployed.')
param protectRelease bool = false

@description('Read pods and their events in clusters with Azure RBAC.')
param readClusters bool = true

@description('Read the settings of web apps, secrets among them.')
param readWebAppSettings bool = false

@description('Application (client) id for signing in with Entra; empty for function keys alone.')
param entraClientId string = ''

@description('Object ids of who may sign in; empty for everybody in the tenant.')
param entraPrincipals array = []

@description('A stamp that stands by: deployed, and doing nothing until this is false.')
param standby bool = false

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName, app: 'pullwatch' }
var loginServers = [for one in registries: one.loginServer]
var registrySubscriptions = [for one in registries: split(one.id, '/')[2]]
var readable = union(subscriptions, registrySubscriptions)
var queueEvents = eventDelivery == 'serviceBus'
var eventSubscription = 'pullwatch-${token}'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-pullwatch-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { token: token, location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    alertEmail: alertEmail
    retentionDays: retentionDays
    dailyCapGB: dailyCapGB
    appPrincipalId: identities.outputs.appPrincipalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    private: private
    appPrincipalId: identities.outputs.appPrincipalId
    eventsPrincipalId: identities.outputs.eventsPrincipalId
    logsId: monitoring.outputs.logsId
  }
}

module messaging 'modules/messaging.bicep' = {
  name: 'messaging'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    private: private
    queueEvents: queueEvents
    fastScale: serviceBusFastScale
    appPrincipalId: identities.outputs.appPrincipalId
    eventsPrincipalId: identities.outputs.eventsPrincipalId
    logsId: monitoring.outputs.logsId
  }
}

module secrets 'modules/secrets.bicep' = {
  name: 'secrets'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    private: private
    appPrincipalId: identities.outputs.appPrincipalId
    logsId: monitoring.outputs.logsId
  }
}

module network 'modules/network.bicep' = if (private) {
  name: 'network'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    addressPrefix: addressPrefix
    appPrefix: appPrefix
    endpointsPrefix: endpointsPrefix
    privateRegistries: privateRegistries
    storageId: storage.outputs.id
    serviceBusId: messaging.outputs.id
    vaultId: secrets.outputs.id
  }
}

module mail 'modules/mail.bicep' = if (communicationMail) {
  name: 'mail'
  scope: group
  params: {
    token: token
    tags: tags
    dataLocation: mailDataLocation
    appPrincipalId: identities.outputs.appPrincipalId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
    subnetId: !empty(appSubnetId) ? appSubnetId : private ? network!.outputs.appSubnetId : ''
    publicAccess: publicAccess
    appId: identities.outputs.appId
    appClientId: identities.outputs.appClientId
    serviceBusHost: messaging.outputs.host
    queueNames: messaging.outputs.queueNames
    blobEndpoint: storage.outputs.blobEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    packageContainer: storage.outputs.packageContainer
    insightsName: monitoring.outputs.insightsName
    vaultName: secrets.outputs.name
    secretSettings: secretSettings
    settings: settings
    queueEvents: queueEvents
    standby: standby
    sweepSchedule: sweepSchedule
    watchSchedule: watchSchedule
    subscriptions: readable
    registries: loginServers
    acsEndpoint: communicationMail ? mail!.outputs.endpoint : ''
    mailFrom: communicationMail ? mail!.outputs.sender : ''
    mailTo: mailTo
    publicUrl: publicUrl
    protectMode: protectMode
    protectRelease: protectRelease
    entraClientId: entraClientId
    entraPrincipals: entraPrincipals
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    logsId: monitoring.outputs.logsId
    serviceBusId: messaging.outputs.id
    actionGroupId: monitoring.outputs.actionGroupId
    enabled: !standby
  }
}

module reading 'modules/subscription-access.bicep' = [
  for id in readable: {
    name: 'pullwatch-read-${uniqueString(id, token)}'
    scope: subscription(id)
    params: {
      principalId: identities.outputs.appPrincipalId
      clusters: readClusters && contains(subscriptions, id)
      webAppSettings: readWebAppSettings && contains(subscriptions, id)
    }
  }
]

output AZURE_RESOURCE_GROUP string = group.name
output PULLWATCH_APP_NAME string = app.outputs.name
output PULLWATCH_URL string = app.outputs.url
output PULLWATCH_VAULT string = secrets.outputs.name
output PULLWATCH_PRINCIPAL_ID string = identities.outputs.appPrincipalId
output PULLWATCH_FUNCTION_ID string = '${app.outputs.id}/functions/registry_event'
output PULLWATCH_EVENT_DELIVERY string = eventDelivery
output PULLWATCH_EVENT_SUBSCRIPTION string = eventSubscription
output PULLWATCH_EVENTS_QUEUE string = messaging.outputs.eventsQueueId
output PULLWATCH_EVENTS_IDENTITY string = identities.outputs.eventsId
output PULLWATCH_LOGS string = monitoring.outputs.logsId
output PULLWATCH_DEAD_LETTER_STORAGE string = storage.outputs.id
output PULLWATCH_DEAD_LETTER_CONTAINER string = storage.outputs.deadLetterContainer
