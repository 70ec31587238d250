// The topic that a registry's events come through. A registry has at most one, so one that is there
// already is used as it is; it then needs Event Grid's identity, which the hooks look at.

param topicName string

@description('Make the topic.')
param create bool

param registryId string
param location string
param tags object
param eventsIdentityId string

@description('Name of the diagnostic setting: each stamp has one.')
param settingName string

@description('Workspace for what Event Grid could not deliver.')
param logsId string

resource made 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (create) {
  name: topicName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${eventsIdentityId}': {} }
  }
  properties: {
    source: registryId
    topicType: 'Microsoft.ContainerRegistry.Registries'
  }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

// Metrics of all topics go to one workspace, so that one alert there covers them
resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: settingName
  scope: topic
  dependsOn: [made]
  properties: {
    workspaceId: logsId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
