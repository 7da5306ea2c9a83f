package config

import (
	"reflect"

	"go.yaml.in/yaml/v4"
)

// Some values have a short form; each of these decodes either.

func (o *Organization) decode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.MappingNode {
		d.object(n, path, reflect.ValueOf(o).Elem())
	} else if s, ok := d.text(n, path); ok {
		o.ID = s
	}
}

func (s *ServiceSpec) decode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.MappingNode {
		d.object(n, path, reflect.ValueOf(s).Elem())
	} else if name, ok := d.text(n, path); ok {
		s.Name = name
	}
}

func (f *FlowLogs) decode(d *decoder, n *yaml.Node, path string) {
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		f.To = "none"
		return
	}
	d.object(n, path, reflect.ValueOf(f).Elem())
}
