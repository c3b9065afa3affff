package bitset

// words is the size of a page, a line of most processors' caches.
const words = 8

// page is a part of a set; nil if nothing is on it. Only the one who makes a page writes to it.
type page [words]uint64

// ones is a full page. Nobody writes to it.
var ones = func() (p page) {
	for i := range p {
		p[i] = ^uint64(0)
	}
	return p
}()

// and, or and minus return one of the operands where it is the same as the result, and nil for an empty page.

func (x *page) and(y *page) *page {
	switch {
	case x == y || y == &ones:
		return x
	case x == &ones:
		return y
	case x == nil || y == nil:
		return nil
	}
	var r page
	for i, w := range x {
		r[i] = w & y[i]
	}
	return shared(r, x, y)
}

func (x *page) or(y *page) *page {
	switch {
	case x == y || y == nil || x == &ones:
		return x
	case x == nil || y == &ones:
		return y
	}
	var r page
	for i, w := range x {
		r[i] = w | y[i]
	}
	return shared(r, x, y)
}

func (x *page) minus(y *page) *page {
	switch {
	case x == nil || x == y || y == &ones:
		return nil
	case y == nil:
		return x
	}
	var r page
	for i, w := range x {
		r[i] = w &^ y[i]
	}
	return shared(r, x, y)
}

// shared is a page with the numbers of r: one that is there already, if there is one.
func shared(r page, x, y *page) *page {
	switch r {
	case page{}:
		return nil
	case *x:
		return x
	case *y:
		return y
	case ones:
		return &ones
	}
	p := r
	return &p
}
