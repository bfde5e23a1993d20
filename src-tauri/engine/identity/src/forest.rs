//! Disjoint sets of records.

/// Union-find with path halving (Tarjan and van Leeuwen 1984); the smallest member is the root.
#[derive(Debug, Clone)]
pub(crate) struct Forest(Vec<u32>);

impl Forest {
    /// `n` sets of one.
    pub fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    /// The smallest member of `i`'s set.
    pub fn root(&mut self, i: u32) -> u32 {
        let mut i = i;
        while self.0[i as usize] != i {
            let parent = self.0[self.0[i as usize] as usize];
            self.0[i as usize] = parent;
            i = parent;
        }
        i
    }

    /// Joins two sets; false when they were one already.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
        a != b
    }

    /// The root of every member.
    pub fn roots(mut self) -> Vec<u32> {
        (0..self.0.len() as u32).map(|i| self.root(i)).collect()
    }
}

/// Members of each set, ascending, sets ordered by their smallest member. `roots` as of
/// [`Forest::roots`].
pub(crate) fn groups(roots: &[u32]) -> Vec<Vec<u32>> {
    let mut at = vec![u32::MAX; roots.len()];
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (i, &root) in roots.iter().enumerate() {
        let slot = &mut at[root as usize];
        if *slot == u32::MAX {
            *slot = groups.len() as u32;
            groups.push(Vec::new());
        }
        groups[*slot as usize].push(i as u32);
    }
    groups
}

/// A pair of records in one word, the smaller first.
pub(crate) fn pair(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

/// The records of a [`pair`].
pub(crate) fn both(pair: u64) -> (usize, usize) {
    ((pair >> 32) as usize, (pair & u64::from(u32::MAX)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_sets_are_grouped_under_their_smallest_member() {
        let mut forest = Forest::new(5);
        assert!(forest.join(4, 1) && forest.join(3, 4) && !forest.join(1, 3));
        let roots = forest.roots();
        assert_eq!(roots, [0, 1, 2, 1, 1]);
        assert_eq!(groups(&roots), [vec![0], vec![1, 3, 4], vec![2]]);
        assert_eq!(both(pair(7, 3)), (3, 7));
    }
}
