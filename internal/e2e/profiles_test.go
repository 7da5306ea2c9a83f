package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

// profilesEndpoint is the SDK's variable for an endpoint of one service.
const profilesEndpoint = "AWS_ENDPOINT_URL_ROUTE53PROFILES"

// correctProfiles stands between the SDK and an emulator that writes the times of Route 53 Profiles as text, where the
// API's model has seconds since 1970. It changes nothing that is a number already.
func correctProfiles() (stop func(), err error) {
	to := os.Getenv("AWS_ENDPOINT_URL")
	if to == "" || os.Getenv(profilesEndpoint) != "" {
		return func() {}, nil
	}
	u, err := url.Parse(to)
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) }, ModifyResponse: func(r *http.Response) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		r.Body.Close()
		var doc any
		if json.Unmarshal(b, &doc) == nil {
			if b, err = json.Marshal(seconds(doc)); err != nil {
				return err
			}
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
		r.Header.Del("Content-Length")
		return nil
	}}
	server := httptest.NewServer(http.HandlerFunc(proxy.ServeHTTP))
	os.Setenv(profilesEndpoint, server.URL)
	return server.Close, nil
}

func seconds(doc any) any {
	switch v := doc.(type) {
	case []any:
		for i := range v {
			v[i] = seconds(v[i])
		}
	case map[string]any:
		for k := range v {
			if s, ok := v[k].(string); ok && strings.HasSuffix(k, "Time") {
				if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
					v[k] = at.Unix()
					continue
				}
			}
			v[k] = seconds(v[k])
		}
	}
	return doc
}
