package main

import (
	"fmt"
	"strings"

	"sharedhub/constructs/catalog"
)

// clients is the page of common programs and the names that they ask for.
func clients() string {
	var b strings.Builder
	b.WriteString("# Names that common clients ask for\n\nMade from `constructs/catalog/clients.go`; do not edit. The names are those of " +
		"us-east-1; `catalog clients --region` shows another region's, and `catalog clients --hub NAME` what serves each in a hub's spokes. " +
		"A client is here as it comes, with nothing configured. `prove` names the clients that a hub leaves to the internet.\n\n" +
		"What no endpoint and no gateway endpoint serves resolves to public addresses. Spokes have no way there, so the client waits until " +
		"it gives up. Where somebody gives a VPC such a way, the request goes past the hub's endpoint policies.\n")
	for _, c := range catalog.Clients("us-east-1") {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| asks for | write into `services` | when | or |\n| --- | --- | --- | --- |\n", c.Name,
			strings.ToUpper(c.For[:1])+c.For[1:]+".")
		for _, a := range c.Asks {
			write := "no endpoint serves it"
			if a.Write != "" {
				write = "`" + a.Write + "`"
			}
			if a.S3Gateway {
				write += ", or `s3` into the spokes' `gatewayEndpoints`"
			}
			fmt.Fprintf(&b, "| [`%s`](%s) | %s | %s | %s |\n", a.Host, a.Source, write, a.When, a.Instead)
		}
	}
	return b.String()
}
