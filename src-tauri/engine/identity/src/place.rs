//! Places on the map and how far apart they are.

/// Degrees in one step of a [`Place`]: a tenth of a metre.
const STEP: f64 = 1e-6;

/// Mean radius of the Earth in kilometres (IUGG).
const RADIUS_KM: f64 = 6_371.008_8;

/// Distances in kilometres up to which each level reaches, but for the last.
const LEVELS_KM: [f64; 2] = [1.0, 10.0];

/// Latitude and longitude (WGS 84) in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    latitude: i32,
    longitude: i32,
}

impl Place {
    /// Reads `latitude, longitude` in degrees; `None` for what is no place, and for 0, 0, where
    /// addresses end up that nobody found.
    pub fn read(text: &str) -> Option<Self> {
        let (latitude, longitude) = text.split_once(',')?;
        let [latitude, longitude] = [(latitude, 90.0), (longitude, 180.0)].map(|(text, most)| {
            let degrees: f64 = text.trim().parse().ok()?;
            (degrees.abs() <= most).then(|| (degrees / STEP).round() as i32)
        });
        let place = Self { latitude: latitude?, longitude: longitude? };
        (place != Self { latitude: 0, longitude: 0 }).then_some(place)
    }

    /// Where it lies on the unit sphere.
    pub fn point(self) -> Point {
        let [latitude, longitude] =
            [self.latitude, self.longitude].map(|steps| (f64::from(steps) * STEP).to_radians());
        let flat = latitude.cos();
        Point([flat * longitude.cos(), flat * longitude.sin(), latitude.sin()].map(|x| x as f32))
    }
}

/// A point on the unit sphere, exact to half a metre on the ground.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point([f32; 3]);

impl Point {
    /// The level of two places. Their great-circle distance is told by the chord between them, for
    /// which no sine need be taken.
    pub fn level(self, other: &Self) -> usize {
        const CHORDS: [f32; LEVELS_KM.len()] = [chord(LEVELS_KM[0]), chord(LEVELS_KM[1])];
        let apart = self.0.iter().zip(other.0).map(|(x, y)| (x - y) * (x - y)).sum::<f32>();
        CHORDS.iter().position(|chord| apart <= *chord).unwrap_or(CHORDS.len()) + 1
    }
}

/// Square of the chord, on the unit sphere, of a great-circle distance of some kilometres: over ten
/// of them, arc and chord are one to a part in ten million.
const fn chord(km: f64) -> f32 {
    let arc = km / RADIUS_KM;
    (arc * arc) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::levels;
    use kith_model::identity::MatchField;
    use proptest::prelude::*;

    /// Great-circle distance by the haversine formula (Sinnott 1984).
    fn haversine_km((lat, lon): (f64, f64), (to_lat, to_lon): (f64, f64)) -> f64 {
        let [a, b, c, d] = [lat, lon, to_lat, to_lon].map(f64::to_radians);
        let (half_lat, half_lon) = (((c - a) / 2.0).sin(), ((d - b) / 2.0).sin());
        let h = half_lat * half_lat + a.cos() * c.cos() * half_lon * half_lon;
        2.0 * RADIUS_KM * h.sqrt().asin()
    }

    fn place((lat, lon): (f64, f64)) -> Option<Place> {
        Place::read(&format!("{lat}, {lon}"))
    }

    #[test]
    fn what_is_no_place_is_none() {
        for text in ["", "0, 0", "0.0, -0.0", "91, 10", "45, 180.5", "NaN, 3", "12", "north, 3"] {
            assert_eq!(Place::read(text), None, "{text}");
        }
        assert!(Place::read("-33.8688, 151.2093").is_some() && Place::read("0, 9.45").is_some());
    }

    #[test]
    fn known_distances_reach_their_levels() {
        let level = |a, b| place(a).unwrap().point().level(&place(b).unwrap().point());
        // Brandenburg Gate to the Reichstag, to Alexanderplatz, to the Cologne cathedral.
        let gate = (52.516_28, 13.377_7);
        assert_eq!(level(gate, (52.518_62, 13.376_19)), 1);
        assert_eq!(level(gate, (52.521_92, 13.413_21)), 2);
        assert_eq!(level(gate, (50.941_28, 6.958_28)), 3);
        assert_eq!(level((-17.7, 179.999_9), (-17.7, -179.999_9)), 1, "across the date line");
        assert_eq!(levels(MatchField::Location).len(), LEVELS_KM.len() + 1);
    }

    proptest! {
        #[test]
        fn levels_are_those_of_the_great_circle(lat in -89.0..89.0_f64, lon in -180.0..180.0_f64,
                                                north in -0.2..0.2_f64, east in -0.2..0.2_f64) {
            let (from, to) = ((lat, lon), (lat + north, (lon + east).clamp(-180.0, 180.0)));
            let km = haversine_km(from, to);
            // The last metres about a line may fall on either side of it.
            prop_assume!(LEVELS_KM.iter().all(|line| (km - line).abs() > 0.003));
            let reached = place(from).unwrap().point().level(&place(to).unwrap().point());
            prop_assert_eq!(reached, LEVELS_KM.iter().filter(|line| km > **line).count() + 1);
        }
    }
}
