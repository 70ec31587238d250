// The function app on Flex Consumption: code from a container, everything by its identity.

param token string
param location string
param tags object

@allowed([512, 2048, 4096])
param instanceMemoryMB int

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that are always there for events and urgent jobs: no cold start, for money.')
param alwaysReady int

@description('Subnet for outbound traffic; empty for none.')
param subnetId string

@description('Whether the HTTP surface is reachable from the internet.')
param publicAccess bool

param appId string
param appClientId string
param serviceBusHost string
param queueNames object
param blobEndpoint string
param tableEndpoint string
param packageContainer string
param insightsName string
param vaultName string

@description('Names of settings whose values are in the vault, as team-webhook-url for TEAM_WEBHOOK_URL.')
param secretSettings array

@description('Settings of the app beside those that follow from the infrastructure.')
param settings object

param queueEvents bool
param standby bool
param sweepSchedule string
param watchSchedule string
param subscriptions array
param registries array
param acsEndpoint string
param mailFrom string
param mailTo string
param publicUrl string
param protectMode string
param protectRelease string

@description('Application (client) id that people sign in with; empty leaves function keys alone.')
param entraClientId string

@description('Object ids of groups and people who may come in; empty for the whole tenant.')
param entraPrincipals array

var name = 'func-pullwatch-${token}'
var disabled = 'AzureWebJobs.{0}.Disabled'

// Where Event Grid calls the app the queue of events has no reader, and the other way round
var eventFunctions = ['registry_event']
var queueFunctions = ['registry_event_queue', 'dead_letter_events']
// A stamp that stands by answers over HTTP and does nothing by itself
var workFunctions = [
  'sweep'
  'watch'
  'diagnose_urgent'
  'diagnose_bulk'
  'announce'
  'dead_letter_urgent'
  'dead_letter_bulk'
  'dead_letter_alerts'
]
var off = union(
  queueEvents ? eventFunctions : queueFunctions,
  standby ? union(workFunctions, eventFunctions, queueFunctions) : []
)
var switches = toObject(off, one => format(disabled, one), one => 'true')

var secrets = toObject(
  secretSettings,
  one => one,
  one => '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${replace(toLower(one), '_', '-')})'
)

var own = {
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__tableServiceUri: tableEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: appClientId
  AzureWebJobsDisableHomepage: 'true' // "/" is the dashboard's
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${appClientId};Authorization=AAD'
  SERVICE_BUS__fullyQualifiedNamespace: serviceBusHost
  SERVICE_BUS__credential: 'managedidentity'
  SERVICE_BUS__clientId: appClientId
  TABLES__endpoint: tableEndpoint
  AZURE_CLIENT_ID: appClientId
  URGENT_QUEUE: queueNames.urgent
  BULK_QUEUE: queueNames.bulk
  ALERTS_QUEUE: queueNames.alerts
  EVENTS_QUEUE: queueNames.events
  SWEEP_SCHEDULE: sweepSchedule
  WATCH_SCHEDULE: watchSchedule
  SUBSCRIPTIONS: join(subscriptions, ',')
  REGISTRIES: join(registries, ',')
  ACS_ENDPOINT: acsEndpoint
  MAIL_FROM: mailFrom
  MAIL_TO: mailTo
  PUBLIC_URL: empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl
  PROTECT_MODE: protectMode
  PROTECT_RELEASE: protectRelease
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-pullwatch-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${appId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    keyVaultReferenceIdentity: appId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: appId
          }
        }
      }
      runtime: { name: 'python', version: '3.13' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady > 0
          ? [
              {
                name: queueEvents ? 'function:registry_event_queue' : 'function:registry_event'
                instanceCount: alwaysReady
              }
              { name: 'function:diagnose_urgent', instanceCount: alwaysReady }
            ]
          : []
      }
    }
  }
}

// What is in `settings` wins over the app's defaults, never over what the infrastructure decides
resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, own, secrets, switches)
}

resource noPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = [
  for kind in ['scm', 'ftp']: {
    parent: app
    name: kind
    properties: { allow: false }
  }
]

// Event Grid brings a key of its own to its path, and cannot sign in
resource signIn 'Microsoft.Web/sites/config@2024-11-01' = if (!empty(entraClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    httpSettings: { requireHttps: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      excludedPaths: ['/runtime/webhooks/eventgrid', '/runtime/webhooks/EventGrid']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [entraClientId, 'api://${entraClientId}']
          defaultAuthorizationPolicy: empty(entraPrincipals)
            ? {}
            : { allowedPrincipals: { identities: entraPrincipals } }
        }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
