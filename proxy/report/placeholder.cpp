namespace whogoes {}
