// A small network: a subnet that the app goes out through, one for private endpoints, their zones.

param token string
param location string
param tags object

param addressPrefix string

@description('A /27 or larger: Flex Consumption asks for it, delegated, with nothing else in it.')
param appPrefix string

param endpointsPrefix string

@description('Registries that are to get a private endpoint here: their resource ids.')
param privateRegistries array

param storageId string
param serviceBusId string
param vaultId string

var suffix = environment().suffixes.storage
var services = [
  { name: 'blob', target: storageId, group: 'blob', zone: 'privatelink.blob.${suffix}' }
  { name: 'table', target: storageId, group: 'table', zone: 'privatelink.table.${suffix}' }
  {
    name: 'servicebus'
    target: serviceBusId
    group: 'namespace'
    zone: 'privatelink.servicebus.windows.net'
  }
  { name: 'vault', target: vaultId, group: 'vault', zone: 'privatelink.vaultcore.azure.net' }
]

resource closed 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-pullwatch-${token}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'NothingFromTheInternet'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-pullwatch-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: appPrefix
          networkSecurityGroup: { id: closed.id }
          delegations: [
            { name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointsPrefix
          networkSecurityGroup: { id: closed.id }
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

var endpointsSubnet = '${network.id}/subnets/endpoints'

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: {
    name: service.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, i) in services: {
    parent: zones[i]
    name: 'pullwatch-${token}'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for service in services: {
    name: 'pe-${service.name}-${token}'
    location: location
    tags: tags
    properties: {
      subnet: { id: endpointsSubnet }
      privateLinkServiceConnections: [
        {
          name: service.name
          properties: { privateLinkServiceId: service.target, groupIds: [service.group] }
        }
      ]
    }
  }
]

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (service, i) in services: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: service.name, properties: { privateDnsZoneId: zones[i].id } }]
    }
  }
]

resource registryZone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (!empty(privateRegistries)) {
  name: 'privatelink.azurecr.io'
  location: 'global'
  tags: tags
}

resource registryLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = if (!empty(privateRegistries)) {
  parent: registryZone
  name: 'pullwatch-${token}'
  location: 'global'
  tags: tags
  properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
}

resource registryEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for id in privateRegistries: {
    name: 'pe-acr-${uniqueString(id)}-${token}'
    location: location
    tags: tags
    properties: {
      subnet: { id: endpointsSubnet }
      privateLinkServiceConnections: [
        { name: 'registry', properties: { privateLinkServiceId: id, groupIds: ['registry'] } }
      ]
    }
  }
]

// The zone group writes the records of the registry and of every region's data endpoint
resource registryRecords 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (id, i) in privateRegistries: {
    parent: registryEndpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        { name: 'registry', properties: { privateDnsZoneId: registryZone.id } }
      ]
    }
  }
]

output appSubnetId string = '${network.id}/subnets/app'
