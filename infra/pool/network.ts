import { fullName } from "../stage.ts"
import { zoneName, zones } from "./zone.ts"

/** The addresses of all that is in it. */
export const networkRange = "10.77.0.0/16"

const tags = { Name: fullName("pool") }

/** Nothing is in it but the servers and the proxy; all that is always there is free. */
export const network = new aws.ec2.Vpc("PoolNetwork", {
  cidrBlock: networkRange,
  enableDnsSupport: true,
  enableDnsHostnames: true,
  tags,
})
// What everything would be in that names no other: empty.
new aws.ec2.DefaultSecurityGroup("PoolUnused", { vpcId: network.id, tags })

const internet = new aws.ec2.InternetGateway("PoolInternet", { vpcId: network.id, tags })
/** The servers' way: each has an address of its own while it runs, which is cheaper than any gateway that waits. */
export const publicRoutes = new aws.ec2.RouteTable("PoolPublicRoutes", {
  vpcId: network.id,
  routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: internet.id }],
  tags,
})
/** The proxy's way: to the servers, and through an endpoint to the table. */
export const privateRoutes = new aws.ec2.RouteTable("PoolPrivateRoutes", { vpcId: network.id, tags })

/** Where servers are: in every zone that has such, for each may be out of them. */
export const publicSubnets = zones.map((letter) => subnetIn(letter, "Public", 0, publicRoutes))

/** Where the proxy is. */
export const privateSubnets = zones.slice(0, 2).map((letter) => subnetIn(letter, "Private", 100, privateRoutes))

// By its letter, so that a zone that comes or goes moves no other.
function subnetIn(letter: string, kind: string, from: number, routes: aws.ec2.RouteTable): aws.ec2.Subnet {
  const name = `Pool${kind}${letter.toUpperCase()}`
  const subnet = new aws.ec2.Subnet(name, {
    vpcId: network.id,
    availabilityZone: zoneName(letter),
    cidrBlock: `10.77.${from + letter.charCodeAt(0) - "a".charCodeAt(0)}.0/24`,
    tags,
  })
  new aws.ec2.RouteTableAssociation(name, { subnetId: subnet.id, routeTableId: routes.id })
  return subnet
}
