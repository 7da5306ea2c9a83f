package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/pricing"
	"github.com/aws/aws-sdk-go-v2/service/pricing/types"
)

// pricingRegion has the Price List API; it answers for every region of the partition aws, and few regions have it.
const pricingRegion = "us-east-1"

// PriceQuery is a service code and the attributes that products must have.
type PriceQuery struct {
	Service string
	Fields  map[string]string
}

// Prices asks AWS's Price List API for products, each as the API's own JSON.
func Prices(ctx context.Context, queries []PriceQuery, opt Options) ([]string, error) {
	opt.Limits = opt.Limits.orDefaults()
	ctx, cancel := opt.Limits.within(ctx)
	defer cancel()
	cfg, err := configure(ctx, pricingRegion, opt,
		awsconfig.WithRetryer(func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), attempts) }))
	if errors.Is(err, errNoCredentials) {
		return nil, fmt.Errorf("%w, or read saved JSON with --from", err)
	}
	if err != nil {
		return nil, err
	}
	client := pricing.NewFromConfig(cfg)
	var out []string
	for _, q := range queries {
		input := &pricing.GetProductsInput{ServiceCode: aws.String(q.Service)}
		for _, field := range slices.Sorted(maps.Keys(q.Fields)) {
			input.Filters = append(input.Filters, types.Filter{
				Type: types.FilterTypeTermMatch, Field: aws.String(field), Value: aws.String(q.Fields[field])})
		}
		for seen := (turned{}); ; {
			page, err := client.GetProducts(ctx, input)
			if err == nil {
				err = seen.check(page)
			}
			if err != nil {
				return nil, explain(err, "pricing:GetProducts", pricingRegion)
			}
			out = append(out, page.PriceList...)
			if aws.ToString(page.NextToken) == "" {
				break
			}
			input.NextToken = page.NextToken
		}
	}
	return out, nil
}
